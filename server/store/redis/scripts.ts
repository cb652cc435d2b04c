import { createHash } from 'node:crypto'
import { put } from './put-script.ts'

/**
 * What Redis does in one step, for one shard. Decisions are made in TypeScript; a script only compares and sets.
 *
 * KEYS[1] is always `{tag}m`, so the other keys of the shard are known from it:
 * m meta · e+id event · b+id+n body of copy n · a+id alias · k+id send reservation · x+number explanation ·
 * d+instance what is due (score: epoch ms, or the end of the lease) · c+instance event → token of its claim ·
 * h+hour events by hour of arrival · H the hours · t sums · N sites and names · v+id visitor, w+id way to one (vault.ts) ·
 * f+id words on the pixels of an event to come, Y when they came · u+id events of a visitor · o+id note.
 * ARGV[1] is the shard's epoch, ARGV[2] the time (0: Redis' own).
 */
const head = `
local m = KEYS[1]
local p = string.sub(m, 1, -2)
if redis.call('HGET', m, 'epoch') ~= ARGV[1] then
  return redis.error_reply('EPOCH the shard is not the one that was opened')
end
local now = tonumber(ARGV[2])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
`

/** Events as they are stored, or where an alias leads, or `-`. */
const get = `
local out = {}
for i = 3, #ARGV do
  local cur = redis.call('GET', p .. 'e' .. ARGV[i])
  local alias = not cur and redis.call('GET', p .. 'a' .. ARGV[i])
  out[#out + 1] = cur and '=' .. cur or (alias and '>' .. alias or '-')
end
return out
`

/** Takes an alias for an event unless it leads somewhere already, or an event has that key itself (then: empty). */
const alias = `
if redis.call('EXISTS', p .. 'e' .. ARGV[3]) == 1 then return '' end
local cur = redis.call('GET', p .. 'a' .. ARGV[3])
if cur then return cur end
redis.call('SET', p .. 'a' .. ARGV[3], ARGV[4], 'PX', ARGV[5])
return ARGV[4]
`

/** When the first deliveries of an instance fall due, soonest first. */
const peek = `
local found = redis.call('ZRANGE', p .. 'd' .. ARGV[3], 0, ARGV[4] - 1, 'WITHSCORES')
local out = {}
for i = 2, #found, 2 do out[#out + 1] = found[i] end
return out
`

/** Claims what is due: event, its value, its bodies in order. */
const take = `
local inst, lease, token, limit = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local due, claims = p .. 'd' .. inst, p .. 'c' .. inst
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)) do
  local cur = redis.call('GET', p .. 'e' .. id)
  if not cur then
    redis.call('ZREM', due, id)
    redis.call('HDEL', claims, id)
  else
    redis.call('ZADD', due, now + lease, id)
    redis.call('HSET', claims, id, token)
    out[#out + 1] = id
    out[#out + 1] = cur
    local mask = tonumber(string.match(cur, '^%d+ %d+ (%d+)'))
    for n = 0, 7 do
      if bit.band(mask, bit.lshift(1, n)) ~= 0 then
        out[#out + 1] = redis.call('GET', p .. 'b' .. id .. n) or ''
      end
    end
  end
end
return out
`

/** Asks for the events of a claim, and prolongs it: how many hold, how many were lost. A dropped one is neither. */
const hold = (prolong: boolean) => `
local inst, lease, token = ARGV[3], ARGV[4], ARGV[5]
local held, lost = 0, 0
for i = 6, #ARGV do
  local owner = redis.call('HGET', p .. 'c' .. inst, ARGV[i])
  local score = tonumber(redis.call('ZSCORE', p .. 'd' .. inst, ARGV[i]) or 0)
  if owner == token and score > now then
    held = held + 1
    ${prolong ? "redis.call('ZADD', p .. 'd' .. inst, now + lease, ARGV[i])" : ''}
  elseif owner then
    lost = lost + 1
  end
end
return { held, lost }
`

/** Gives claims back: what was claimed is due as it was before. */
const release = `
for i = 5, #ARGV, 2 do
  if redis.call('HGET', p .. 'c' .. ARGV[3], ARGV[i]) == ARGV[4] then
    redis.call('HDEL', p .. 'c' .. ARGV[3], ARGV[i])
    redis.call('ZADD', p .. 'd' .. ARGV[3], ARGV[i + 1], ARGV[i])
  end
end
return 0
`

/**
 * Send reservations: id, holder, end, mode, ms. Mode k keeps, t keeps for a moment until all keys of a delivery are
 * taken, f frees. Answers + taken now, = was ours, ~ another is about to take it, # another has it.
 */
const reserve = `
local out = {}
for i = 3, #ARGV, 5 do
  local key, mine, mode = p .. 'k' .. ARGV[i], ARGV[i+1], ARGV[i+3]
  local cur = redis.call('GET', key)
  local holder, mark, til = nil, '', nil
  if cur then holder, mark, til = string.match(cur, '^([^~:]+)(~?):?(%d*)$') end
  if til and til ~= '' and tonumber(til) <= now then cur = nil end
  if mode == 'f' then
    if cur and holder == mine then redis.call('DEL', key) end
    out[#out + 1] = '-'
  elseif cur and holder ~= mine then
    out[#out + 1] = mark == '~' and '~' or '#'
  else
    if mode == 'k' then
      redis.call('SET', key, mine .. ARGV[i+2], 'PX', ARGV[i+4])
    elseif not cur then
      redis.call('SET', key, mine .. '~', 'PX', ARGV[i+4])
    end
    out[#out + 1] = cur and '=' or '+'
  end
end
return out
`

/** The oldest events up to an hour: the hour, then event and value. */
const old = `
local hours = redis.call('ZRANGEBYSCORE', p .. 'H', '-inf', ARGV[3], 'LIMIT', 0, 1)
if #hours == 0 then return {} end
local list = p .. 'h' .. hours[1]
local out = { hours[1] }
for _, id in ipairs(redis.call('LRANGE', list, 0, ARGV[4] - 1)) do
  local cur = redis.call('GET', p .. 'e' .. id)
  if cur then
    out[#out + 1] = id
    out[#out + 1] = cur
  else
    redis.call('LREM', list, 1, id)
  end
end
if redis.call('EXISTS', list) == 0 then redis.call('ZREM', p .. 'H', hours[1]) end
return out
`

/** The newest events before a place: where to go on (hour, how many of it were told), then the values. */
const newest = `
local hour, told, count = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local out = { '', '0' }
for _, h in ipairs(redis.call('ZREVRANGEBYSCORE', p .. 'H', hour, '-inf')) do
  if h ~= hour then told = 0 end
  local size = redis.call('LLEN', p .. 'h' .. h)
  local last = size - told - 1
  if last >= 0 then
    local ids = redis.call('LRANGE', p .. 'h' .. h, math.max(0, last - count + 1), last)
    for i = #ids, 1, -1 do
      local cur = redis.call('GET', p .. 'e' .. ids[i])
      if cur then out[#out + 1] = cur end
    end
    out[1], out[2] = h, tostring(told + #ids)
    count = count - #ids
    if count <= 0 then break end
  end
end
return out
`

/** The first deliveries of an instance that wait, due or not: event and value. */
const waiting = `
local out = {}
for _, id in ipairs(redis.call('ZRANGE', p .. 'd' .. ARGV[3], 0, ARGV[4] - 1)) do
  local cur = redis.call('GET', p .. 'e' .. id)
  if cur then
    out[#out + 1] = id
    out[#out + 1] = cur
  else
    redis.call('ZREM', p .. 'd' .. ARGV[3], id)
  end
end
return out
`

/** What of an instance waits for longer than until a time: event and value. */
const later = `
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'd' .. ARGV[3], '(' .. ARGV[4], '+inf', 'LIMIT', ARGV[5], ARGV[6])) do
  local cur = redis.call('GET', p .. 'e' .. id)
  if cur then
    out[#out + 1] = id
    out[#out + 1] = cur
  end
end
return out
`

/** Keeps a word on the pixels of an event that has not come, the newest so many; 0: it came. */
const early = `
if redis.call('EXISTS', p .. 'e' .. ARGV[3], p .. 'a' .. ARGV[3]) > 0 then return 0 end
local list = p .. 'f' .. ARGV[3]
redis.call('RPUSH', list, ARGV[4])
redis.call('LTRIM', list, -20, -1)
redis.call('PEXPIRE', list, ARGV[5])
redis.call('ZADD', p .. 'Y', now, ARGV[3])
for _, id in ipairs(redis.call('ZRANGE', p .. 'Y', 0, -1 - tonumber(ARGV[6]))) do
  redis.call('UNLINK', p .. 'f' .. id)
  redis.call('ZREM', p .. 'Y', id)
end
return 1
`

/** Notes an event as one of a visitor's. */
const visit = `
redis.call('SADD', p .. 'u' .. ARGV[3], ARGV[4])
redis.call('PEXPIRE', p .. 'u' .. ARGV[3], ARGV[5])
return 1
`

export interface Script {
  readonly text: string
  readonly sha: string
}

/**
 * Flags of Redis 7: one without `allow-oom` is refused as a whole while memory is short, before it has changed anything.
 * What takes events in is such a one; what gets them out is not.
 */
const script = (flags: string, body: string): Script => {
  const text = `#!lua${flags && ` flags=${flags}`}${head}${body}`
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

export const scripts = {
  append: script('', put),
  change: script('allow-oom', put),
  alias: script('', alias),
  early: script('', early),
  visit: script('', visit),
  take: script('allow-oom', take),
  renew: script('allow-oom', hold(true)),
  release: script('allow-oom', release),
  reserve: script('allow-oom', reserve),
  old: script('allow-oom', old),
  waiting: script('allow-oom', waiting),
  beat: script('', "redis.call('HSET', m, 'beat', now) return now"),
  get: script('no-writes', get),
  peek: script('no-writes', peek),
  later: script('no-writes', later),
  stillMine: script('no-writes', hold(false)),
  newest: script('no-writes', newest),
  pulse: script('no-writes', 'return now'),
} as const satisfies Record<string, Script>

export type ScriptName = keyof typeof scripts

/** Makes a shard, unless it is there: its epoch and what all shards share. Needs no epoch, so it has no common head. */
export const open: Script = (() => {
  const text = `#!lua
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'secret', ARGV[2], 'shards', ARGV[3], 'schema', ARGV[4])
end
return redis.call('HMGET', KEYS[1], 'epoch', 'secret', 'shards', 'schema')
`
  return { text, sha: createHash('sha1').update(text).digest('hex') }
})()
