import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isSharedStore, openStore } from '../../server/store/index.ts'
import type { Store } from '../../server/store/store.ts'
import { spawnChild, type Child, type Lab, type SpawnOptions } from './lab.ts'
import { judge, type Verdict } from './oracle.ts'
import type { Random } from './random.ts'

/** One row of the fault matrix: a file in `rows/`, its default export. It throws when what must hold does not. */
export interface Row {
  readonly number: number
  /** Two rows of one number differ in what the store is. */
  readonly store?: 'sqlite' | 'redis'
  readonly title: string
  /** Quick enough for every test run. */
  readonly smoke?: true
  /** Resolves with what it counted, if there is something to tell. */
  run(context: Context): Promise<string | undefined> | Promise<void>
}

/** What a row works with. What it starts is stopped when it ends. */
export interface Context {
  readonly lab: Lab
  readonly seed: number
  readonly random: Random
  /** How often, where a row does one thing many times; absent: as often as the row thinks right. */
  readonly runs: number | undefined
  readonly say: (line: string) => void
  /** A collector of its own over the lab's store; `change` goes over its settings. */
  readonly spawn: (change?: Record<string, unknown>, options?: SpawnOptions) => Promise<Child>
  /** Other settings for a child started with `spawn`: it reads them at once. */
  readonly resettle: (child: Child, change: Record<string, unknown>) => void
  /** Looks into the store, whether a collector works on it or not. */
  readonly look: <T>(ask: (store: Store) => Promise<T>) => Promise<T>
  /** The three ledgers compared; throws with every fault, and when something is pending unless told otherwise. */
  readonly judge: (options?: { readonly pending?: boolean }) => Promise<Verdict>
  /** Waits until the check gives something; three minutes at most. */
  readonly until: <T>(what: string, check: () => T | Promise<T>) => Promise<NonNullable<T>>
  /** Until nothing is pending. */
  readonly settled: () => Promise<void>
  /** To be called when the row ends. */
  readonly after: (end: () => unknown) => void
}

/** Throws a sentence unless it holds. */
export function must(holds: unknown, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence)
}

export const row = (given: Row): Row => given

/** Only what never comes takes so long. */
const mostMs = 180_000

/** Runs one row over a fresh lab and ends what it began. */
export async function runRow(
  { run }: Pick<Row, 'run'>,
  given: Pick<Context, 'lab' | 'seed' | 'random' | 'runs' | 'say'>,
): Promise<string | undefined> {
  const ends: (() => unknown)[] = []
  const settings = path.join(given.lab.folder, 'settings.json')
  let store = String(given.lab.tree().store)
  const context: Context = {
    ...given,
    async spawn(change = {}, options = {}) {
      const tree = given.lab.tree(change)
      store = String(tree.store)
      writeFileSync(settings, JSON.stringify(tree))
      const child = await spawnChild(tree, { ...options, env: { FAULTS_SETTINGS: settings, ...options.env } })
      ends.push(() => child.kill())
      return child
    },
    resettle(child, change) {
      writeFileSync(settings, JSON.stringify(given.lab.tree(change)))
      process.kill(child.pid, 'SIGHUP')
    },
    async look(ask) {
      for (const end = performance.now() + mostMs; ; await wait(200)) {
        const opened = await openStore(store, { beside: true })
        try {
          return await ask(opened)
        } catch (error) {
          // On a busy machine Redis may answer us too late; it has not said no.
          const isLate = isSharedStore(store) && (error as { code?: string }).code === 'STORE_UNAVAILABLE'
          if (!isLate || performance.now() > end) throw error
        } finally {
          await opened.close()
        }
      }
    },
    async judge({ pending = false } = {}) {
      const verdict = await context.look((opened) => judge(given.lab, opened))
      const counts = await context.look((opened) => opened.counts())
      const waiting = Object.values(counts.deliveries).reduce((sum, states) => sum + states.pending, 0)
      const faults = [...verdict.faults, ...(waiting && !pending ? [`${waiting} deliveries are pending`] : [])]
      must(!faults.length, faults.slice(0, 5).join('; '))
      return verdict
    },
    async until(what, check) {
      for (const end = performance.now() + mostMs; ; await wait(40)) {
        const found = await check()
        if (found) return found
        must(performance.now() < end, `waited in vain for ${what}`)
      }
    },
    async settled() {
      let waiting = ''
      await context
        .until('the end of every delivery', () =>
          context.look(async (opened) => {
            const { deliveries } = await opened.counts()
            const states = Object.values(deliveries)
            const isOver = states.length > 0 && states.every(({ pending }) => pending === 0)
            if (isOver) return true
            const rows = await opened.recent({ limit: 1000 })
            waiting = rows
              .flatMap((one) =>
                one.deliveries
                  .filter(({ state }) => state === 'pending')
                  .map(
                    ({ instance, why, dueAt }) => `${one.eventId} at ${instance}, due ${dueAt - Date.now()} ms, ${why}`,
                  ),
              )
              .slice(0, 3)
              .join('; ')
            return false
          }),
        )
        .catch((error: unknown) => {
          throw new Error(`${(error as Error).message}: ${waiting}`, { cause: error })
        })
    },
    after: (end) => void ends.push(end),
  }
  try {
    return (await run(context)) ?? undefined
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
