import { crashAt } from '../../crash-points/index.ts'
import type { Shard } from './calls.ts'
import type { Item } from './change.ts'
import { type Answer, type Ground, put } from './ground.ts'

/** So many events in one script: it blocks the server for a few milliseconds at most. */
const mostItems = 250

interface Waiting {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Group commit for one shard: while one script runs, the next group gathers. Each group is one call, so one reply and
 * one sync to disk for all of it.
 */
export function createBatch(ground: Pick<Ground, 'calls'>, shard: Shard) {
  const queue: Waiting[] = []
  let running = false

  async function run(): Promise<void> {
    await Promise.resolve() // whatever this turn of the event loop still brings comes along
    while (queue.length) {
      const group = queue.splice(0, mostItems)
      try {
        const items = group.map(({ item }) => item)
        const told = put(ground, shard, 'append', items[0]?.event?.firstAt ?? 0, items)
        crashAt('C2') // the script is on its way: Redis runs all of it or none
        const answers = await told
        group.forEach(({ resolve }, index) => resolve(answers[index] ?? { is: 'absent' }))
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    running = false
  }

  return (item: Item): Promise<Answer> =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      if (running) return
      running = true
      void run()
    })
}

interface Turn<T, R> {
  readonly name: string
  readonly items: { readonly item: T; readonly resolve: (result: R) => void }[]
  isOpen: boolean
  over: Promise<void>
}

/** So many copies of one key are worked on together. */
const mostTogether = 100

/**
 * Work on one key in the order it was asked for; keys do not wait for each other. What waits under one name is worked on
 * together: a hundred posts of one event are a few changes, not a hundred.
 */
export function createTurns<T, R>(work: (name: string, items: readonly T[]) => Promise<readonly R[]>, failed: R) {
  const last = new Map<string, Turn<T, R>>()
  let waiting = 0

  async function run(turn: Turn<T, R>, earlier: readonly Promise<void>[], keys: readonly string[]): Promise<void> {
    await Promise.all(earlier)
    while (turn.items.length) {
      const group = turn.items.splice(0, mostTogether)
      const items = group.map(({ item }) => item)
      const results = await work(turn.name, items).catch((): readonly R[] => [])
      waiting -= group.length
      group.forEach(({ resolve }, index) => resolve(results[index] ?? failed))
    }
    turn.isOpen = false
    for (const key of keys) if (last.get(key) === turn) last.delete(key)
  }

  return {
    /** Runs once all earlier work on any of its keys is over. The name tells which items may go together. */
    take(name: string, keys: readonly string[], item: T): Promise<R> {
      waiting++
      return new Promise((resolve) => {
        const tail = last.get(keys[0] ?? name)
        if (tail?.isOpen && tail.name === name && keys.every((key) => last.get(key) === tail))
          return void tail.items.push({ item, resolve })
        const turn: Turn<T, R> = { name, items: [{ item, resolve }], isOpen: true, over: Promise.resolve() }
        const earlier = new Set(keys.flatMap((key) => last.get(key)?.over ?? []))
        for (const key of keys) last.set(key, turn)
        turn.over = run(turn, [...earlier], keys)
      })
    },
    waiting: () => waiting,
    /** Resolves when nothing is under way. */
    async drained(): Promise<void> {
      while (last.size) await Promise.all([...last.values()].map(({ over }) => over))
    },
  }
}
