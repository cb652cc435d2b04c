import { hourMs } from '../../../shared/limits.ts'
import { crashAt } from '../../crash-points/index.ts'
import { beforeOf, forgetOps, type Item, opsOf } from './change.ts'
import type { Shard } from './calls.ts'
import { type Ground, put } from './ground.ts'
import { isPending, suppress } from './ledger.ts'
import { decode } from './record.ts'

/** Holds and pauses end within an hour and a quarter: what waits longer was put off by a clock that was set wrong. */
const longestWaitMs = 2 * hourMs

/** Events in one go: what waits behind it in the queue shall not wait long. */
const portion = 500

/** `id, value, id, value, …` as the scripts answer. */
function pairsOf(flat: readonly string[]) {
  return Array.from({ length: flat.length / 2 }, (_, n) => ({ id: flat[2 * n]!, stored: decode(flat[2 * n + 1]!) }))
}

/**
 * Forgets keys past their time, a portion a shard and call. Bodies, explanations, aliases and reservations go by
 * themselves: Redis was told when.
 */
export function createTidy(ground: Ground) {
  const { calls } = ground

  /** False: this shard has nothing more to forget. */
  async function tidyShard(shard: Shard, now: number): Promise<boolean> {
    const before = now - ground.rememberMs
    const lastHour = Math.floor(before / hourMs)
    const [hour, ...flat] = (await calls.run(shard, 'old', 0, lastHour, portion)) as string[]
    if (hour === undefined) return false
    const items = pairsOf(flat).flatMap(({ id, stored }): Item[] => {
      if (stored.event.firstAt > before) return []
      // What has still something to send is looked at again an hour later.
      return stored.event.deliveries.some(isPending)
        ? [{ id, want: stored.version, event: stored.event, ops: [['M', hour, lastHour + 1]] }]
        : [{ id, want: stored.version, ops: forgetOps(stored, hour) }]
    })
    if (!items.length) return flat.length === 0
    await put(ground, shard, 'change', now, items)
    return true
  }

  /** Ends pending deliveries of an instance that is no longer configured, a portion a call: how many. */
  async function removeFrom(shard: Shard, instance: string, now: number): Promise<number> {
    const found = pairsOf((await calls.run(shard, 'waiting', 0, instance, portion)) as string[])
    if (!found.length) return 0
    let ended = 0
    const items = found.map(({ id, stored: { version, event } }): Item => {
      const before = beforeOf(event)
      const row = event.deliveries.find((one) => one.instance === instance)
      if (row && isPending(row)) suppress(row, 'destination_removed', undefined, now)
      const ops = opsOf(before, event, { now, offset: shard.offset, sums: {} })
      return { id, want: version, event, ops: [...ops, ['E', instance]] }
    })
    for (const answer of await put(ground, shard, 'change', now, items)) if (answer.is === 'done') ended++
    return ended
  }

  /** Instances of which a shard has deliveries that wait. */
  async function waitingOf(shard: Shard): Promise<string[]> {
    const sums = await ground.client.hgetall(`${shard.meta.slice(0, -1)}t`)
    return Object.entries(sums).flatMap(([name, n]) =>
      name.startsWith('pending:') && Number(n) > 0 ? [name.slice('pending:'.length)] : [],
    )
  }

  /** Lets fall due what waits for longer than anything should. */
  async function hurry(shard: Shard, instance: string, now: number): Promise<void> {
    const latest = now + longestWaitMs
    for (let from = 0; ;) {
      const args = [instance, Math.round(latest + shard.offset), from, portion] as const
      const found = pairsOf((await calls.run(shard, 'later', 0, ...args)) as string[])
      if (!found.length) return
      const items = found.flatMap(({ id, stored: { version, event } }): Item[] => {
        const before = beforeOf(event)
        const row = event.deliveries.find((one) => one.instance === instance)
        if (!row || !isPending(row) || row.dueAt <= latest) return []
        row.dueAt = now
        return [{ id, want: version, event, ops: opsOf(before, event, { now, offset: shard.offset, sums: {} }) }]
      })
      if (items.length) await put(ground, shard, 'change', now, items)
      // What could not be hurried (claimed, or changed in the meantime) is passed over.
      from += found.length - items.length
      if (!items.length && found.length < portion) return
    }
  }

  return {
    async tidy(now: number): Promise<void> {
      await Promise.all(
        ground.shards.map(async (shard) => {
          for (const instance of await waitingOf(shard)) await hurry(shard, instance, now)
          crashAt('C9')
          while (await tidyShard(shard, now));
        }),
      )
    },
    async removeInstances(known: readonly string[], now: number): Promise<number> {
      const removed = await Promise.all(
        ground.shards.map(async (shard) => {
          const unknown = (await waitingOf(shard)).filter((instance) => !known.includes(instance))
          let total = 0
          for (const instance of unknown) for (let n = 1; n > 0; total += n) n = await removeFrom(shard, instance, now)
          return total
        }),
      )
      return removed.reduce((sum, n) => sum + n, 0)
    },
  }
}
