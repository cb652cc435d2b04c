import type { Store } from '../../server/store/store.ts'
import { platformNames, type Lab } from './lab.ts'

/** What the three ledgers say together. `faults`: sentences; none is what a run has to come to. */
export interface Verdict {
  readonly faults: readonly string[]
  readonly acked: number
  readonly events: number
  readonly delivered: number
  /** Deliveries that a platform took twice because an answer was lost, each counted by the store. */
  readonly resends: number
}

const states = ['delivered', 'dead', 'suppressed', 'expired', 'pending'] as const

/**
 * Clients' acknowledgements, platforms' receipts and the store, checked against each other: nothing acknowledged is
 * missing, every delivery is in one state and the sums agree, nothing reached a platform twice but counted resends.
 */
export async function judge(
  lab: Pick<Lab, 'acks' | 'platforms'>,
  store: Pick<Store, 'recent' | 'counts'>,
): Promise<Verdict> {
  const faults: string[] = []
  const rows = await store.recent({ limit: 1_000_000 })
  const counts = await store.counts()
  // A copy that joined by its order is known under two IDs.
  const known = new Map(
    rows.flatMap((row) => [
      [row.eventId, row] as const,
      ...row.copies.flatMap(({ alias }) => (alias === undefined ? [] : [[alias, row] as const])),
    ]),
  )
  for (const id of lab.acks.keys()) if (!known.has(id)) faults.push(`${id} was acknowledged and is lost`)

  const receipts = new Map<string, ReadonlyMap<string, number>>(
    platformNames.map((name) => {
      const times = new Map<string, number>()
      for (const { order, id = '' } of lab.platforms.simulators[name].state().accepted)
        times.set(order ?? id, (times.get(order ?? id) ?? 0) + 1)
      return [name, times]
    }),
  )
  let resends = 0
  const seen = new Map<string, number>()
  for (const row of rows) {
    for (const { instance, state, ambiguous, reason } of row.deliveries) {
      seen.set(`${instance} ${state}`, (seen.get(`${instance} ${state}`) ?? 0) + 1)
      const times = receipts.get(instance)?.get(row.eventId) ?? 0
      const what = `${row.eventId} at ${instance} (${state}, ${ambiguous} resent)`
      if (times > 1 + ambiguous) faults.push(`${what} arrived ${times} times`)
      if (state === 'delivered' && times === 0) faults.push(`${what} never arrived`)
      // What waits for a person because its answer got lost may be there.
      const most = ambiguous + (reason === 'answer_lost' ? 1 : 0)
      if (state !== 'delivered' && state !== 'pending' && times > most) faults.push(`${what} arrived all the same`)
      resends += Math.max(0, times - 1)
    }
    for (const name of platformNames)
      if (!row.deliveries.some(({ instance }) => instance === name))
        faults.push(`${row.eventId} has no delivery to ${name}`)
  }
  for (const [name, times] of receipts)
    for (const id of times.keys()) if (!known.has(id)) faults.push(`${name} has ${id}, which the store never had`)

  for (const name of platformNames) {
    const summed = counts.deliveries[name]
    const sum = states.reduce((total, state) => total + (summed?.[state] ?? 0), 0)
    if (sum !== counts.events) faults.push(`${name}: ${sum} deliveries of ${counts.events} events`)
    for (const state of states)
      if ((summed?.[state] ?? 0) !== (seen.get(`${name} ${state}`) ?? 0))
        faults.push(
          `${name}: the sum says ${summed?.[state] ?? 0} ${state}, the rows ${seen.get(`${name} ${state}`) ?? 0}`,
        )
  }
  const delivered = platformNames.reduce((total, name) => total + (counts.deliveries[name]?.delivered ?? 0), 0)
  return { faults, acked: lab.acks.size, events: counts.events, delivered, resends }
}
