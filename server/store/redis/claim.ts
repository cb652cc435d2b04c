import { deniedInFlight } from '../rules.ts'
import type { StoredEvent } from '../../../shared/event.ts'
import type { Claim, Claimed } from '../store.ts'
import type { Shard } from './calls.ts'
import { beforeOf, opsOf } from './change.ts'
import type { Held, OwnClaim, OwnClaims } from './claims.ts'
import { byShard, type Ground, put } from './ground.ts'
import { isPending, suppress } from './ledger.ts'
import { decode, type EventRecord } from './record.ts'
import { deliveryNumber } from './shards.ts'

/** Due times asked of each shard before a claim; past these, what is due first is told only roughly. */
const peeked = 128

interface Peeked {
  readonly shard: Shard
  /** Our time. */
  readonly at: readonly number[]
}

interface Taken extends Held {
  readonly bodies: readonly (string | undefined)[]
}

/** How many to take of each shard so that those due first come first, and when the next falls due. */
export function share(shards: readonly Peeked[], limit: number, now: number, most: number) {
  const due = shards
    .flatMap(({ shard, at }) => at.filter((time) => time <= now).map((time) => ({ shard, time })))
    .sort((a, b) => a.time - b.time)
    .slice(0, limit)
  const wanted = new Map<Shard, number>()
  for (const { shard } of due) wanted.set(shard, (wanted.get(shard) ?? 0) + 1)
  // Where more than was asked about is due, the rest comes from there.
  const deep = shards.filter(({ at }) => at.length >= most && (at.at(-1) ?? Infinity) <= now)
  const rest = deep.length ? Math.floor((limit - due.length) / deep.length) : 0
  if (rest > 0) for (const { shard } of deep) wanted.set(shard, (wanted.get(shard) ?? 0) + rest)
  const next = shards.flatMap(({ shard, at }) => {
    const taken = wanted.get(shard) ?? 0
    return at.length > taken ? [at[taken]!] : at.length >= most ? [at.at(-1)!] : []
  })
  return { wanted, nextDueAt: next.length ? Math.min(...next) : undefined }
}

const rowOf = ({ deliveries }: EventRecord, instance: string) => deliveries.find((row) => row.instance === instance)
const dueAt = (event: EventRecord, instance: string): number => rowOf(event, instance)?.dueAt ?? 0

export function createClaim(ground: Ground, own: OwnClaims) {
  const { calls } = ground
  /** Claims of one instance take turns in this process: two at once would look at the same deliveries. */
  const turn = new Map<string, Promise<unknown>>()

  const peek = async (shard: Shard, instance: string, count: number): Promise<Peeked> => {
    const scores = (await calls.run(shard, 'peek', 0, instance, count)) as string[]
    return { shard, at: scores.map((score) => Number(score) - shard.offset) }
  }

  /** Those shards that answer: what lies on the others waits until they are back. Rejects when none does. */
  async function answered<T>(asked: readonly Promise<T>[]): Promise<T[]> {
    const results = await Promise.allSettled(asked)
    const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const bad = results.find((result) => result.status === 'rejected')
    if (bad && !good.length) throw bad.reason
    return good
  }

  async function take(shard: Shard, instance: string, leaseMs: number, token: string, limit: number, now: number) {
    const flat = (await calls.run(shard, 'take', now, instance, leaseMs, token, limit)) as string[]
    const taken: Taken[] = []
    for (let at = 0; at < flat.length;) {
      const id = flat[at++]!
      const stored = decode(flat[at++]!)
      const bodies = stored.event.copies.map(({ hasBody }) => (hasBody ? flat[at++] : undefined))
      const index = stored.event.deliveries.findIndex((row) => row.instance === instance)
      const delivery = deliveryNumber(shard.index, stored.number, index)
      taken.push({ delivery, shard: shard.index, id, stored, bodies })
    }
    return taken
  }

  /** What was claimed but may not be sent: a denial came while a request was under way, or it is settled already. */
  async function end(taken: readonly Taken[], claim: OwnClaim, now: number): Promise<void> {
    for (const { shard, group } of byShard(ground, taken, (one) => one.shard)) {
      const items = group.map(({ id, stored: { version, event } }) => {
        const before = beforeOf(event)
        const row = rowOf(event, claim.instance)
        const reason = row?.denied ?? 'consent_denied'
        if (row && isPending(row)) suppress(row, reason, deniedInFlight(reason), now)
        const ops = opsOf(before, event, { now, offset: shard.offset, sums: {} })
        return {
          id,
          want: version,
          claim: { instance: claim.instance, token: claim.token, live: false },
          event,
          ops: [...ops, ['E', claim.instance] as const],
        }
      })
      // One that changed in the meantime is met again when its lease ends.
      await put(ground, shard, 'change', now, items)
    }
  }

  async function claim(instance: string, limit: number, leaseMs: number, now: number): Promise<Claim> {
    const token = own.newToken()
    const most = Math.min(limit, peeked) + 1
    const looked = await answered(ground.shards.map((shard) => peek(shard, instance, most)))
    const { wanted, nextDueAt } = share(looked, limit, now, most)
    const taken = (
      await answered([...wanted].map(([shard, count]) => take(shard, instance, leaseMs, token, count, now)))
    ).flat()
    const mayGo = ({ stored }: Taken) => {
      const row = rowOf(stored.event, instance)
      return row !== undefined && isPending(row) && !row.denied
    }
    const good = taken.filter(mayGo)
    const mine: OwnClaim = {
      token,
      instance,
      until: now + leaseMs,
      held: new Map(good.map(({ bodies: _bodies, ...held }) => [held.delivery, held])),
    }
    own.add(mine, now)
    if (good.length < taken.length) {
      const others = taken.filter((one) => !mayGo(one))
      await end(others, mine, now)
    }
    const at = ({ stored }: Taken) => dueAt(stored.event, instance)
    good.sort((a, b) => at(a) - at(b) || a.stored.event.order - b.stored.event.order)
    return {
      token,
      deliveries: good.map((one) => claimedOf(one, instance)),
      ...(nextDueAt !== undefined && { nextDueAt }),
    }
  }

  async function holds(script: 'renew' | 'stillMine', token: string, leaseMs: number, now: number): Promise<boolean> {
    const mine = own.get(token)
    if (!mine) return false
    const groups = byShard(ground, [...mine.held.values()], ({ shard }) => shard)
    const answers = await Promise.all(
      groups.map(
        ({ shard, group }) =>
          calls.run(shard, script, now, mine.instance, leaseMs, token, ...group.map(({ id }) => id)) as Promise<
            [number, number]
          >,
      ),
    )
    const isLive = answers.some(([held]) => held > 0) && answers.every(([, lost]) => lost === 0)
    if (isLive && script === 'renew') mine.until = now + leaseMs
    return isLive
  }

  return {
    claim(instance: string, limit: number, leaseMs: number, now: number): Promise<Claim> {
      const before = turn.get(instance) ?? Promise.resolve()
      const mine = before.then(() => claim(instance, limit, leaseMs, now))
      turn.set(
        instance,
        mine.catch(() => undefined),
      )
      return mine
    },
    renew: (token: string, leaseMs: number, now: number) => holds('renew', token, leaseMs, now),
    stillMine: (token: string, now: number) => holds('stillMine', token, 0, now),
    /** Gives back what this process holds, as far as Redis can be reached. */
    async release(): Promise<void> {
      for (const { token, instance, held } of own.all())
        for (const { shard, group } of byShard(ground, [...held.values()], (one) => one.shard)) {
          const args = group.flatMap(({ id, stored }) => [id, dueAt(stored.event, instance) + shard.offset])
          await calls.run(shard, 'release', 0, instance, token, ...args).catch(() => undefined)
        }
    },
  }
}

/** One delivery of an event with all that is known of it; bodies in the order of its copies. */
export function claimedOf(
  { delivery, stored: { event }, bodies }: Pick<Taken, 'delivery' | 'stored' | 'bodies'>,
  instance: string,
): Claimed {
  const row = rowOf(event, instance)
  const copies = event.copies.map(({ kind, origin, receivedAt, facts }, index) => {
    const body = bodies[index]
    // Written by append from the same type.
    return { kind, origin, receivedAt, facts, ...(body && { event: JSON.parse(body) as StoredEvent }) }
  })
  const { site, name, eventId, firstAt, fired } = event
  return {
    delivery,
    instance,
    site,
    name,
    eventId,
    firstAt,
    attempts: row?.attempts ?? 0,
    ...(row?.firstAttemptAt !== undefined && { firstAttemptAt: row.firstAttemptAt }),
    inFlight: row?.flight === 'flying' || row?.flight === 'lost',
    ...(row?.replayed && { replayed: row.replayed }),
    fired,
    copies: copies.sort((a, b) => a.receivedAt - b.receivedAt),
  }
}
