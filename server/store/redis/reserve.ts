import type { Reservation } from '../store.ts'
import type { Held, OwnClaim, OwnClaims } from './claims.ts'
import { beforeOf, type Item, opsOf } from './change.ts'
import { type Answer, byShard, type Ground, mostTries, put, reservationPlace, shardAt } from './ground.ts'
import { isPending, type Sums } from './ledger.ts'
import { copyOf } from './record.ts'
import type { Place } from './shards.ts'

/** A key that is about to be taken: long enough for the next two calls, short enough should the process die. */
const momentMs = 10_000
/** Who finds a key about to be taken by another waits this long before asking again, and asks this often. */
const againMs = 25
const mostWaits = 60

interface Wanted {
  readonly held: Held
  readonly keys: readonly Place[]
  /** Of these keys, those taken just now: freed again if the delivery may not go. */
  readonly fresh: Place[]
}

type Mode = 'keep' | 'moment' | 'free'
const modes = { keep: 'k', moment: 't', free: 'f' } as const satisfies Record<Mode, string>

export function createReserve(ground: Ground, own: OwnClaims) {
  const { calls, clock } = ground

  /** One mark a key, in the order they were given: see `reserve` in scripts.ts. */
  async function ask(mode: Mode, wanted: readonly { held: Held; key: Place }[], now: number): Promise<string[]> {
    const marks = new Map<object, string>()
    const until = clock === 'caller' ? `:${now + ground.rememberMs}` : ''
    const ms = mode === 'keep' ? ground.rememberMs : momentMs
    await Promise.all(
      byShard(ground, wanted, ({ key }) => key.shard).map(async ({ shard, group }) => {
        const args = group.flatMap(({ held, key }) => [key.id, holderOf(held), until, modes[mode], ms])
        const answers = (await calls.run(shard, 'reserve', now, ...args)) as string[]
        group.forEach((one, index) => marks.set(one, answers[index] ?? '#'))
      }),
    )
    return wanted.map((one) => marks.get(one) ?? '#')
  }

  /** The epoch goes with the number, which begins anew where a shard was lost. */
  const holderOf = ({ shard, delivery }: Held): string =>
    `${(shardAt(ground, shard).epoch ?? '').slice(0, 4)}${delivery.toString(36)}`

  const free = (wanted: readonly Wanted[], now: number): Promise<unknown> =>
    ask(
      'free',
      wanted.flatMap(({ held, fresh }) => fresh.splice(0).map((key) => ({ held, key }))),
      now,
    )

  /** Tries to take all keys of each delivery: those that have theirs, those refused, those that must ask again. */
  async function takeOnce(wanted: readonly Wanted[], now: number) {
    const single = wanted.filter(({ keys }) => keys.length < 2)
    const several = wanted.filter(({ keys }) => keys.length > 1)
    const pairs = (list: readonly Wanted[]) => list.flatMap(({ held, keys }) => keys.map((key) => ({ held, key })))
    // With one key there is no half: it is kept at once.
    const [one, many] = await Promise.all([ask('keep', pairs(single), now), ask('moment', pairs(several), now)])
    const told = new Map<Wanted, string[]>()
    for (const [list, marks] of [
      [single, one],
      [several, many],
    ] as const) {
      let at = 0
      for (const each of list) told.set(each, marks.slice(at, (at += each.keys.length)))
    }
    const by = { taken: [] as Wanted[], refused: [] as Wanted[], busy: [] as Wanted[] }
    for (const [each, marks] of told) {
      each.fresh.push(...each.keys.filter((_, index) => marks[index] === '+'))
      by[marks.includes('#') ? 'refused' : marks.includes('~') ? 'busy' : 'taken'].push(each)
    }
    await free([...by.refused, ...by.busy], now)
    await ask('keep', pairs(by.taken.filter(({ keys }) => keys.length > 1)), now)
    return by
  }

  async function takeAll(wanted: readonly Wanted[], now: number) {
    const all = { taken: [] as Wanted[], refused: [] as Wanted[] }
    let open = wanted
    for (let waits = 0; open.length; waits++) {
      const { taken, refused, busy } = await takeOnce(open, now)
      all.taken.push(...taken)
      all.refused.push(...refused)
      open = waits < mostWaits ? busy : []
      if (waits >= mostWaits) all.refused.push(...busy)
      if (open.length) await new Promise((resolve) => setTimeout(resolve, Math.random() * againMs))
    }
    return all
  }

  /** A delivery that goes out: in flight from now on. */
  function flightItem({ held: { id, stored, before: known }, claim }: { held: Held; claim: OwnClaim }, now: number) {
    const event = copyOf(stored.event)
    const before = beforeOf(event)
    const row = event.deliveries.find(({ instance }) => instance === claim.instance)
    if (!row || !isPending(row)) return undefined
    const sums: Sums = {}
    // A half of a split batch goes under the mark that is there. In flight before this claim touched it: a request was
    // written once, and its answer was lost.
    const was = known ?? row.flight
    if (known === undefined && was !== 'none') {
      row.ambiguous++
      sums['ambiguous'] = 1
    }
    row.flight = 'flying'
    const item: Item = {
      id,
      want: stored.version,
      claim: { instance: claim.instance, token: claim.token, live: true },
      event,
      ops: opsOf(before, event, { now, offset: 0, sums }),
    }
    return { item, was: was === 'flying' ? ('lost' as const) : was }
  }

  /** Marks them in flight; answers those that are no longer ours to send. */
  async function fly(wanted: readonly Wanted[], claim: OwnClaim, now: number): Promise<Wanted[]> {
    const lost: Wanted[] = []
    let open = [...wanted]
    for (let tries = 0; open.length && tries < mostTries; tries++) {
      const again: Wanted[] = []
      await Promise.all(
        byShard(ground, open, ({ held }) => held.shard).map(async ({ shard, group }) => {
          const made = group.map((each) => ({ each, made: flightItem({ held: each.held, claim }, now) }))
          lost.push(...made.flatMap((one) => (one.made ? [] : [one.each])))
          const going = made.flatMap(({ each, made: one }) => (one ? [{ each, ...one }] : []))
          const answers = going.length
            ? await put(
                ground,
                shard,
                'change',
                now,
                going.map(({ item }) => item),
              )
            : []
          going.forEach(({ each, item, was }, index) => {
            const answer: Answer = answers[index] ?? { is: 'stale' }
            if (answer.is === 'there') {
              each.held.stored = answer.stored
              again.push(each)
            } else if (answer.is === 'done' && item.event) {
              each.held.stored = { ...each.held.stored, version: nextVersion(item.want), event: item.event }
              each.held.before ??= was
            } else lost.push(each)
          })
        }),
      )
      open = again
    }
    return [...lost, ...open]
  }

  async function reserve(token: string, reservations: readonly Reservation[], now: number): Promise<readonly number[]> {
    const claim = own.get(token)
    const known = reservations.filter(({ delivery }) => claim?.held.has(delivery))
    const unknown = reservations.filter(({ delivery }) => !claim?.held.has(delivery))
    if (!claim) return reservations.map(({ delivery }) => delivery)
    const wanted = known.flatMap(({ delivery, keys }): Wanted[] => {
      const held = claim.held.get(delivery)
      return held ? [{ held, keys: keys.map((key) => reservationPlace(ground.secret(), key)), fresh: [] }] : []
    })
    const { taken, refused } = await takeAll(wanted, now)
    const lost = await fly(taken, claim, now)
    await free(lost, now)
    return [...unknown.map(({ delivery }) => delivery), ...[...refused, ...lost].map(({ held }) => held.delivery)]
  }

  return {
    reserve,
    /** Gives back what a delivery holds of these keys: the platform surely has not taken the event. */
    async release(held: Held, keys: readonly string[], now: number): Promise<void> {
      const places = keys.map((key) => ({ held, key: reservationPlace(ground.secret(), key) }))
      await ask('free', places, now)
    },
  }
}
export type Reserving = ReturnType<typeof createReserve>

/** What a `put` makes of `version number`. */
export const nextVersion = (want: string): string => {
  const [version, number] = want.split(' ')
  return `${Number(version) + 1} ${number}`
}
