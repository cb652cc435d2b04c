import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { KillResult } from './run.ts'

/** What the killed collectors keep their events in. */
export type KillStore = 'sqlite' | 'redis'

export interface CampaignOptions {
  readonly store: KillStore
  /** Seeds from here on, so many. */
  readonly seed: number
  readonly runs: number
  readonly workers: number
  /** Results so far, a line of JSON each; runs that stand there already are not made again. */
  readonly file?: string
  readonly say: (line: string) => void
}

const root = path.join(import.meta.dirname, '../../..')
/** One level below `dist/`, where the collector looks for the built pixel; another campaign may run beside this one. */
const bundled = path.join(root, `dist/.faults-${process.pid}`)

/**
 * A run is mostly the start of a collector, and most of that is loading some two hundred files: as one file it takes two
 * thirds of the time. Where the bundler is missing the sources are run as they are.
 */
async function bundle(): Promise<string> {
  const source = path.join(import.meta.dirname, 'worker.ts')
  const bundler = path.join(root, 'node_modules/.bin/rolldown')
  if (!existsSync(bundler)) return source
  const entries = ['test/faults/kill/worker.ts', 'test/faults/kill/child.ts', 'server/store/sqlite/thread-main.ts']
  const options = ['--platform', 'node', '-f', 'esm', '-d', bundled, '--external', 'undici', '--external', 'ioredis']
  const isMade = await promisify(execFile)(process.execPath, [bundler, ...entries, ...options], { cwd: root }).then(
    () => true,
    () => false,
  )
  // The simulators read these beside themselves.
  if (isMade) cpSync(path.join(root, 'server/simulator/pixels'), path.join(bundled, 'pixels'), { recursive: true })
  return isMade ? path.join(bundled, 'worker.js') : source
}

/** Seeded kill runs, several at a time. Resolves with all results, those of an earlier call in the same file included. */
export async function killMany({
  store,
  seed,
  runs,
  workers,
  file,
  say,
}: CampaignOptions): Promise<readonly KillResult[]> {
  const results = readResults(file).filter((one) => one.seed >= seed && one.seed < seed + runs)
  const done = new Set(results.map((one) => one.seed))
  const todo = Array.from({ length: runs }, (_, n) => seed + n).filter((one) => !done.has(one))
  if (done.size) say(`${done.size} of ${runs} runs were made before`)
  if (!todo.length) return results
  if (file) mkdirSync(path.dirname(file), { recursive: true })
  const program = await bundle()
  const note = (result: KillResult) => {
    results.push(result)
    if (file) appendFileSync(file, `${JSON.stringify(result)}\n`)
    for (const fault of result.faults) say(`seed ${result.seed} (${result.point}): ${fault}`)
    if (results.length % 50 === 0) say(`${results.length} of ${runs} kill runs, ${broken(results)} with a fault`)
  }
  await Promise.all(Array.from({ length: Math.min(workers, todo.length) }, () => work([program, store], todo, note)))
  rmSync(bundled, { recursive: true, force: true })
  if (results.length < runs) throw new Error(`${runs - results.length} of ${runs} runs have no result: a worker died`)
  return results
}

const broken = (results: readonly KillResult[]): number => results.filter(({ faults }) => faults.length).length

/** One worker process, fed with the next seed whenever it has answered. */
async function work(args: readonly string[], todo: number[], note: (result: KillResult) => void): Promise<void> {
  const worker: ChildProcess = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/faults') },
  })
  const gone = new Promise((resolve) => worker.once('close', resolve))
  const feed = () => {
    const next = todo.shift()
    if (next === undefined) worker.stdin?.end()
    else worker.stdin?.write(`${next}\n`)
  }
  createInterface({ input: worker.stdout! }).on('line', (line) => {
    note(JSON.parse(line) as KillResult) // written by worker.ts
    feed()
  })
  feed()
  await gone
}

function readResults(file: string | undefined): KillResult[] {
  if (!file || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as KillResult] // written by `note`; the last line may have been cut off
    } catch {
      return []
    }
  })
}
