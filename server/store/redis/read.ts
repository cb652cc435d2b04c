import { explanationMs } from '../../../shared/limits.ts'
import { countsOf } from '../counts.ts'
import type { Counts, EventRow, Explanation, RecentFilter } from '../store.ts'
import type { Shard } from './calls.ts'
import { byShard, eventPlace, type Ground, readAnswer, shardAt } from './ground.ts'
import { decode, type Stored } from './record.ts'
import { deliveryNumber } from './shards.ts'

/** Events asked of a shard at a time while the newest of all are sought. */
const page = 32
/** Sites and names under which an event ID is looked for, of each shard. */
const mostNames = 5000

/** An event, and where it lies. */
export interface Found {
  readonly shard: Shard
  readonly stored: Stored
}

/** What the dashboard asks. */
export function createRead(ground: Ground, tidiedAt: () => number) {
  const { calls, client } = ground
  const key = (shard: Shard, name: string) => shard.meta.slice(0, -1) + name

  /** A shard's events, newest first, a page at a time. */
  async function* newestOf(shard: Shard): AsyncGenerator<Found> {
    let [hour, told] = ['+inf', '0']
    for (;;) {
      const [nextHour, nextTold, ...values] = (await calls.run(shard, 'newest', 0, hour, told, page)) as string[]
      if (!nextHour || (nextHour === hour && nextTold === told)) return
      for (const value of values) yield { shard, stored: decode(value) }
      ;[hour, told] = [nextHour, nextTold ?? '0']
    }
  }

  /** All shards' events, newest first. */
  async function* newest(): AsyncGenerator<Found> {
    const heads = await Promise.all(
      ground.shards.map(async (shard) => {
        const events = newestOf(shard)
        return { events, next: await events.next() }
      }),
    )
    for (;;) {
      const orderOf = ({ next }: (typeof heads)[number]) => (next.done ? -Infinity : next.value.stored.event.order)
      const first = heads.reduce((best, head) => (orderOf(head) > orderOf(best) ? head : best))
      if (first.next.done) return
      yield first.next.value
      first.next = await first.events.next()
    }
  }

  /** Every event of this ID, under whatever name and site; also those that a copy of this ID has joined. */
  async function withId(eventId: string): Promise<Found[]> {
    const names = new Set(
      (await Promise.all(ground.shards.map((shard) => client.srandmember(key(shard, 'N'), mostNames)))).flat(),
    )
    let open = [...names].map((text) => {
      const [site = '', name = ''] = (text ?? '').split('\0')
      return { site, name, eventId }
    })
    const found = new Map<string, Found>()
    for (let hops = 0; open.length && hops < 3; hops++) {
      const places = open.map((identity) => ({ identity, ...eventPlace(identity) }))
      const next: typeof open = []
      for (const { shard, group } of byShard(ground, places, (place) => place.shard)) {
        const answers = (await calls.run(shard, 'get', 0, ...group.map(({ id }) => id))) as string[]
        group.forEach(({ identity, id }, index) => {
          const answer = readAnswer(answers[index] ?? '-')
          if (answer.is === 'there') found.set(`${shard.index} ${id}`, { shard, stored: answer.stored })
          else if (answer.is === 'alias') next.push({ site: identity.site, ...answer.of })
        })
      }
      open = next
    }
    return [...found.values()].sort((a, b) => b.stored.event.order - a.stored.event.order)
  }

  /** Explanations by the number of their delivery. */
  async function explanationsOf(found: readonly Found[]): Promise<ReadonlyMap<number, Explanation>> {
    const told = new Map<number, Explanation>()
    const wanted = found.flatMap(({ shard, stored: { number, event } }) =>
      event.deliveries.map((_, index) => ({
        shard: shard.index,
        delivery: deliveryNumber(shard.index, number, index),
      })),
    )
    await Promise.all(
      byShard(ground, wanted, ({ shard }) => shard).map(async ({ shard, group }) => {
        const texts = await client.mget(group.map(({ delivery }) => key(shard, `x${delivery.toString(36)}`)))
        texts.forEach((text, index) => {
          const space = text?.indexOf(' ') ?? -1
          if (!text || Number(text.slice(0, space)) + explanationMs <= tidiedAt()) return
          told.set(group[index]!.delivery, JSON.parse(text.slice(space)) as Explanation) // written by settle
        })
      }),
    )
    return told
  }

  async function recent({ limit, site, eventId }: RecentFilter): Promise<readonly EventRow[]> {
    const found: Found[] = []
    const source = eventId === undefined ? newest() : await withId(eventId)
    for await (const one of source) {
      if (found.length >= limit) break
      if (site === undefined || one.stored.event.site === site) found.push(one)
    }
    const explanations = await explanationsOf(found)
    return found.map((one) => rowOf(one, explanations))
  }

  async function counts(): Promise<Counts> {
    const all = await Promise.all(ground.shards.map(({ index }) => client.hgetall(key(shardAt(ground, index), 't'))))
    const sums = new Map<string, number>()
    for (const some of all)
      for (const [name, n] of Object.entries(some)) sums.set(name, (sums.get(name) ?? 0) + Number(n))
    return countsOf(
      Array.from(sums, ([name, n]) => {
        // An instance's name may hold a colon itself.
        const [, state = name, instance = ''] = /^([^:]+):(.*)$/s.exec(name) ?? []
        return { name: state, instance, n }
      }),
    )
  }

  return { recent, counts, withId }
}

function rowOf({ shard, stored: { number, event } }: Found, explanations: ReadonlyMap<number, Explanation>): EventRow {
  const { site, name, eventId, firstAt, conflict, fired } = event
  return {
    site,
    name,
    eventId,
    firstAt,
    conflict,
    fired,
    copies: event.copies.map(({ kind, origin, receivedAt, duplicates, retransmits, result, alias, facts }) => ({
      kind,
      origin,
      receivedAt,
      duplicates: duplicates + retransmits,
      result,
      alias,
      facts,
    })),
    deliveries: event.deliveries.map((row, index) => ({
      instance: row.instance,
      state: row.state,
      reason: row.reason as EventRow['deliveries'][number]['reason'],
      why: row.why,
      attempts: row.attempts,
      ambiguous: row.ambiguous,
      dueAt: row.dueAt,
      settledAt: row.settledAt,
      reopenUntil: row.reopenUntil,
      trace: row.trace,
      explanation: explanations.get(deliveryNumber(shard.index, number, index)),
    })),
  }
}
