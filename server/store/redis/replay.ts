import type { Reason } from '../../../shared/reasons.ts'
import { crashAt } from '../../crash-points/index.ts'
import { agreedFlight, discardedWords } from '../rules.ts'
import type { Ended, Ending, ReplayFilter } from '../store.ts'
import type { Shard } from './calls.ts'
import { beforeOf, hourOf, opsOf } from './change.ts'
import { claimedOf } from './claim.ts'
import { eventPlace, type Ground, mostTries, put, readAnswer, shardAt } from './ground.ts'
import type { Found } from './read.ts'
import type { DeliveryRecord } from './record.ts'
import { deliveryNumber } from './shards.ts'

/** Events asked of a shard in one go. */
const portion = 250
/** Of so many deliveries that were told it is known where they are, so that nobody has to look for them again. */
const mostTold = 20_000

/** Where an ended delivery stands. */
interface Spot {
  readonly shard: number
  readonly id: string
  /** Oldest first: hour of its list, order of arrival, number of the delivery. */
  readonly at: readonly [hour: number, order: number, delivery: number]
}

interface Match {
  readonly found: Found
  readonly row: DeliveryRecord
  readonly delivery: number
  readonly spot: Spot
}

function compare(a: Spot['at'], b: Spot['at']): number {
  const differs = a.findIndex((value, index) => value !== b[index])
  return differs < 0 ? 0 : a[differs]! - b[differs]!
}

function matchesOf(found: Found, hour: number): Match[] {
  const { shard, stored } = found
  const { id } = eventPlace(stored.event)
  return stored.event.deliveries.map((row, index) => {
    const delivery = deliveryNumber(shard.index, stored.number, index)
    return { found, row, delivery, spot: { shard: shard.index, id, at: [hour, stored.event.order, delivery] } }
  })
}

/** @param openAt epoch ms: bodies that were kept until then are gone */
const fits = ({ row, found }: Match, filter: ReplayFilter, openAt: number): boolean =>
  (filter.state === undefined ? row.state === 'dead' || row.state === 'expired' : row.state === filter.state) &&
  (filter.instance === undefined || row.instance === filter.instance) &&
  (filter.reason === undefined || row.reason === filter.reason) &&
  (filter.eventId === undefined || found.stored.event.eventId === filter.eventId) &&
  (row.settledAt ?? 0) >= (filter.since ?? -Infinity) &&
  (row.settledAt ?? 0) <= (filter.until ?? Infinity) &&
  (row.reopenUntil ?? 0) > openAt

/**
 * Ended deliveries that can be tried again, and setting them going. There is no index of them: it is asked for by hand,
 * and seldom, so the events are read hour by hour.
 */
export function createReplay(
  ground: Ground,
  withId: (eventId: string) => Promise<readonly Found[]>,
  tidiedAt: () => number,
) {
  const { calls, client } = ground
  const told = new Map<number, Spot>()
  const openAt = (): number => (ground.clock === 'redis' ? Date.now() : tidiedAt())
  const keyOf = (shard: Shard, name: string): string => shard.meta.slice(0, -1) + name

  async function readHour(shard: Shard, hour: number, visit: (found: Found, hour: number) => void): Promise<void> {
    const ids = await client.lrange(keyOf(shard, `h${hour}`), 0, -1)
    for (let at = 0; at < ids.length; at += portion) {
      const answers = (await calls.run(shard, 'get', 0, ...ids.slice(at, at + portion))) as string[]
      for (const answer of answers.map(readAnswer))
        if (answer.is === 'there') visit({ shard, stored: answer.stored }, hour)
    }
  }

  /** All events from an hour on, the hours in order. */
  async function walk(from: number, visit: (found: Found, hour: number) => void, isEnough: () => boolean) {
    const hours = await Promise.all(ground.shards.map((shard) => client.zrangebyscore(keyOf(shard, 'H'), from, '+inf')))
    for (const hour of [...new Set(hours.flat().map(Number))].sort((a, b) => a - b)) {
      if (isEnough()) return
      await Promise.all(ground.shards.map((shard) => readHour(shard, hour, visit)))
    }
  }

  /** Finds what another process was told of. */
  async function lookFor(deliveries: readonly number[]): Promise<void> {
    const open = new Set(deliveries.filter((delivery) => !told.has(delivery)))
    const visit = (found: Found, hour: number) => {
      for (const { delivery, spot } of matchesOf(found, hour)) if (open.delete(delivery)) told.set(delivery, spot)
    }
    if (open.size) await walk(0, visit, () => open.size === 0)
  }

  async function endedOf({ found: { shard, stored }, row, delivery, spot: { id } }: Match): Promise<Ended> {
    const bodies = await Promise.all(
      stored.event.copies.map(async ({ hasBody }, n) =>
        hasBody ? ((await client.get(keyOf(shard, `b${id}${n}`))) ?? undefined) : undefined,
      ),
    )
    return {
      ...claimedOf({ delivery, stored, bodies }, row.instance),
      state: row.state,
      ...(row.reason !== undefined && { reason: row.reason as Reason }), // written by the store
      ...(row.why !== undefined && { why: row.why }),
      settledAt: row.settledAt ?? 0,
    }
  }

  /** @param after number of the last delivery that was told; 0: from the beginning */
  async function ended(filter: ReplayFilter, limit: number, after = 0): Promise<readonly Ended[]> {
    if (after > 0) await lookFor([after])
    const last = told.get(after)
    if (after > 0 && !last) return []
    const at = openAt()
    const matches: Match[] = []
    const visit = (found: Found, hour: number) => {
      for (const match of matchesOf(found, hour))
        if (fits(match, filter, at) && (!last || compare(match.spot.at, last.at) > 0)) matches.push(match)
    }
    if (filter.eventId === undefined) await walk(last?.at[0] ?? 0, visit, () => matches.length >= limit)
    else for (const found of await withId(filter.eventId)) visit(found, hourOf(found.stored.event.firstAt))
    matches.sort((a, b) => compare(a.spot.at, b.spot.at))
    const page = matches.slice(0, limit)
    if (told.size > mostTold) told.clear()
    for (const { delivery, spot } of page) told.set(delivery, spot)
    return Promise.all(page.map(endedOf))
  }

  /** The hours that hold events, oldest first. */
  const hours = async (): Promise<readonly number[]> => {
    const all = await Promise.all(ground.shards.map((shard) => client.zrangebyscore(keyOf(shard, 'H'), '-inf', '+inf')))
    return [...new Set(all.flat().map(Number))].sort((a, b) => a - b)
  }

  /** Those that ended dead or expired of the events of one hour. */
  async function endingsOf(hour: number): Promise<readonly Ending[]> {
    const matches: Match[] = []
    const at = openAt()
    const visit = (found: Found) => {
      for (const match of matchesOf(found, hour)) if (fits(match, {}, at)) matches.push(match)
    }
    await Promise.all(ground.shards.map((shard) => readHour(shard, hour, visit)))
    if (told.size > mostTold) told.clear()
    // Whoever read of it may want to change it next.
    for (const { delivery, spot } of matches) told.set(delivery, spot)
    return matches.map(({ delivery, row, found }) => ({
      delivery,
      instance: row.instance,
      site: found.stored.event.site,
      name: found.stored.event.name,
      eventId: found.stored.event.eventId,
      state: row.state,
      ...(row.reason !== undefined && { reason: row.reason as Reason }), // written by the store
      ...(row.why !== undefined && { why: row.why }),
      settledAt: row.settledAt ?? 0,
    }))
  }

  /** Changes an ended delivery that can be tried again. True: it is done. */
  async function changeOne(
    delivery: number,
    { shard: index, id }: Spot,
    now: number,
    change: (row: DeliveryRecord) => Partial<DeliveryRecord>,
  ): Promise<boolean> {
    const shard = shardAt(ground, index)
    let answer = readAnswer(((await calls.run(shard, 'get', 0, id)) as string[])[0] ?? '-')
    for (let tries = 0; tries < mostTries && answer.is === 'there'; tries++) {
      const { version, number, event } = answer.stored
      const row = event.deliveries[delivery % 256]
      if (!row || deliveryNumber(index, number, delivery % 256) !== delivery) return false
      if (row.state === 'pending' || row.state === 'delivered' || (row.reopenUntil ?? 0) <= now) return false
      const before = beforeOf(event)
      Object.assign(row, change(row))
      const ops = opsOf(before, event, { now, offset: shard.offset, sums: {} })
      const told = put(ground, shard, 'change', now, [{ id, want: version, event, ops }])
      crashAt('C9')
      const [done] = await told
      if (done?.is === 'done') return true
      answer = done ?? { is: 'absent' }
    }
    return false
  }

  async function changeAll(deliveries: readonly number[], now: number, change: Parameters<typeof changeOne>[3]) {
    await lookFor(deliveries)
    let done = 0
    for (const delivery of deliveries) {
      const spot = told.get(delivery)
      if (spot && (await changeOne(delivery, spot, now, change))) done++
    }
    return done
  }

  return {
    ended,
    hours,
    endingsOf,
    replay: (deliveries: readonly number[], forced: boolean, now: number): Promise<number> =>
      changeAll(deliveries, now, ({ flight }) => ({
        ...{ state: 'pending', dueAt: now, held: false, flight: agreedFlight(flight), replayed: { at: now, forced } },
        ...{ reason: undefined, why: undefined, settledAt: undefined, reopenUntil: undefined },
      })),
    discard: (deliveries: readonly number[], why: string, now: number): Promise<number> =>
      changeAll(deliveries, now, (row) => ({
        reason: 'discarded',
        why: discardedWords(why, row.why),
        reopenUntil: undefined,
      })),
  }
}
