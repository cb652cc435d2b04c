/**
 * Changes events, each only if it is still as it was read and its claim still holds. One answer an event. Operations:
 * A due (new) · D due, unless claimed · R due, claim over · E no longer due · B b T P body set, gone, until, for good ·
 * X explanation · t sum · H L M hour: into, out of, to another · N site and name. Keys are told in scripts.ts.
 */
export const put = `
local width = {A=2,B=1,b=1,T=2,P=1,D=2,R=2,E=1,X=3,t=2,H=1,N=1,L=1,M=2}
local a, out, sums = 3, {}, {}
-- Gathered over all events, written once at the end.
local due, hours, names, made = {}, {}, {}, nil
local function gather(lists, name, ...)
  local list = lists[name] or {}
  lists[name] = list
  for _, value in ipairs({...}) do list[#list + 1] = value end
end
while a <= #ARGV do
  local id, want, inst, token, live, record, mask, ops =
    ARGV[a], ARGV[a+1], ARGV[a+2], ARGV[a+3], ARGV[a+4], ARGV[a+5], ARGV[a+6], tonumber(ARGV[a+7])
  a = a + 8
  local key = p .. 'e' .. id
  local cur = redis.call('GET', key)
  local answer
  if inst ~= '' and (redis.call('HGET', p .. 'c' .. inst, id) ~= token
      or (live == '1' and tonumber(redis.call('ZSCORE', p .. 'd' .. inst, id) or 0) <= now)) then
    answer = '!'
  elseif want == '' then
    if cur then
      answer = '=' .. cur
    else
      local alias = redis.call('GET', p .. 'a' .. id)
      if alias then answer = '>' .. alias end
    end
  elseif not cur then
    answer = '-'
  elseif string.match(cur, '^%d+ %d+') ~= want then
    answer = '=' .. cur
  end
  if answer then
    for _ = 1, ops do a = a + 1 + width[ARGV[a]] end
  else
    local version, n = 0, nil
    if want == '' then
      made = (made or tonumber(redis.call('HGET', m, 'n') or 0)) + 1
      n = made
    else
      version, n = string.match(want, '^(%d+) (%d+)$')
    end
    if record == '' then
      redis.call('DEL', key)
    else
      redis.call('SET', key, string.format('%d %d %s ', version + 1, n, mask) .. record)
    end
    for _ = 1, ops do
      local op, x, y, z = ARGV[a], ARGV[a+1], ARGV[a+2], ARGV[a+3]
      a = a + 1 + width[op]
      if op == 'A' then gather(due, x, y, id)
      elseif op == 't' then sums[x] = (sums[x] or 0) + y
      elseif op == 'B' then redis.call('SET', p .. 'b' .. id .. string.sub(x, 1, 1), string.sub(x, 2))
      elseif op == 'H' then gather(hours, x, id)
      elseif op == 'N' then names[x] = true
      elseif op == 'E' then
        redis.call('HDEL', p .. 'c' .. x, id)
        redis.call('ZREM', p .. 'd' .. x, id)
      elseif op == 'R' then
        redis.call('HDEL', p .. 'c' .. x, id)
        redis.call('ZADD', p .. 'd' .. x, y, id)
      elseif op == 'D' then
        if redis.call('HEXISTS', p .. 'c' .. x, id) == 0 then redis.call('ZADD', p .. 'd' .. x, y, id) end
      elseif op == 'X' then redis.call('SET', p .. 'x' .. x, y, 'PX', z)
      elseif op == 'b' then redis.call('UNLINK', p .. 'b' .. id .. x)
      elseif op == 'T' then redis.call('PEXPIRE', p .. 'b' .. id .. x, y)
      elseif op == 'P' then redis.call('PERSIST', p .. 'b' .. id .. x)
      elseif op == 'L' or op == 'M' then
        redis.call('LREM', p .. 'h' .. x, 1, id)
        if redis.call('EXISTS', p .. 'h' .. x) == 0 then redis.call('ZREM', p .. 'H', x) end
        if op == 'M' then
          redis.call('RPUSH', p .. 'h' .. y, id)
          redis.call('ZADD', p .. 'H', y, y)
        end
      end
    end
    answer = (want == '' and redis.call('EXISTS', p .. 'f' .. id) == 1 and '*' or '+') .. n
  end
  out[#out + 1] = answer
end
if made then redis.call('HSET', m, 'n', string.format('%d', made)) end
for inst, list in pairs(due) do redis.call('ZADD', p .. 'd' .. inst, unpack(list)) end
for hour, list in pairs(hours) do
  redis.call('RPUSH', p .. 'h' .. hour, unpack(list))
  redis.call('ZADD', p .. 'H', hour, hour)
end
for name in pairs(names) do redis.call('SADD', p .. 'N', name) end
for name, sum in pairs(sums) do
  if sum ~= 0 then redis.call('HINCRBY', p .. 't', name, string.format('%d', sum)) end
end
return out
`
