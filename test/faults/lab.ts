import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { CrashPoint } from '../../server/crash-points/index.ts'
import { aPurchase, postBackend, postPage, settingsTree, startPlatforms, stopServer } from '../integration/harness.ts'
import type { Platforms } from '../integration/harness.ts'

export const platformNames = ['meta', 'reddit', 'snapchat'] as const

export interface Child {
  readonly process: ChildProcess
  readonly url: string
  readonly adminUrl: string
  /** Resolves with exit code or signal when it is gone. */
  readonly gone: Promise<number | string>
  /** All it wrote. */
  output(): string
  /** The process itself, whatever stands in front of it. */
  readonly pid: number
  kill(): Promise<void>
}

export interface SpawnOptions {
  /** `C3:2`: dies at the second time that this point is passed. */
  readonly crashAt?: `${CrashPoint}:${number}`
  /** A program in front, such as strace. */
  readonly wrap?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** Another program than `child.ts`. */
  readonly file?: string
}

/** A child that ended before it was ready, with what it said. */
export class Refused extends Error {
  readonly code: number | string
  constructor(code: number | string, output: string) {
    super(`the collector ended with ${code}: ${output.slice(0, 500)}`)
    this.code = code
  }
}

/** Starts a collector in a process of its own. Throws `Refused` when it ends before it listens. */
export async function spawnChild(tree: object, options: SpawnOptions = {}): Promise<Child> {
  const { crashAt, wrap = [], env = {}, nodeArgs = [], file = path.join(import.meta.dirname, 'child.ts') } = options
  const [program, ...args] = [...wrap, process.execPath, ...nodeArgs, file, JSON.stringify(tree)]
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(crashAt && { PAIRPIXEL_CRASH_AT: crashAt }),
      ...env,
    },
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const gone = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing')),
  )
  const ready = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line)
    })
    child.once('error', reject)
    void gone.then((code) => reject(new Refused(code, output)))
  })
  const [, url = '', adminUrl = ''] = ready.split(' ')
  const pid = wrap.length ? await childOf(child.pid!) : child.pid!
  return {
    process: child,
    url,
    adminUrl,
    gone,
    pid,
    output: () => output,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, 'SIGKILL')
      await gone
    },
  }
}

/** The one process that a wrapper such as strace has started. */
async function childOf(parent: number): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  const [pid = ''] = (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')).trim().split(' ')
  return Number(pid) || parent
}

/** What a client was told: an event's ID, and how often it was acknowledged. */
export type Acks = Map<string, number>

/** One post of a client, and its repeat. */
export interface Post {
  readonly kind: 'page' | 'backend'
  readonly events: readonly Record<string, unknown>[]
}

export interface Lab {
  readonly folder: string
  readonly platforms: Platforms
  readonly acks: Acks
  tree(change?: Record<string, unknown>): Record<string, unknown>
  /** Posts, and notes what was acknowledged. The status; undefined: no answer came. */
  post(url: string, post: Post): Promise<number | undefined>
  /** Forgets what happened so far: for another run in the same lab. */
  reset(): void
  close(): Promise<void>
}

/** The memory file system where there is one: a killed process leaves the page cache whole, so a disk proves no more. */
export const quickFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

/** Simulated platforms, a folder, clients with a ledger of what they were told. */
export async function openLab(under = tmpdir()): Promise<Lab> {
  const platforms = await startPlatforms()
  const folder = mkdtempSync(path.join(under, 'pairpixel-faults-'))
  const acks: Acks = new Map()
  return {
    folder,
    platforms,
    acks,
    tree: (change = {}) =>
      settingsTree(platforms.url, { store: `sqlite:${folder}/store.db`, disk_reserve: 0, ...change }),
    async post(url, { kind, events }) {
      const ids = events.map((event) => String(event.event_id))
      const answer = await (
        kind === 'page' ? postPage(url, { site: 'default', events }) : postBackend(url, { events })
      ).catch(() => undefined)
      if (!answer) return undefined
      const isTold = await answer.arrayBuffer().then(
        () => true,
        () => false,
      )
      if (isTold && (answer.status === 204 || answer.status === 202))
        for (const id of ids) acks.set(id, (acks.get(id) ?? 0) + 1)
      return answer.status
    },
    reset() {
      acks.clear()
      for (const name of platformNames) platforms.simulators[name].reset()
    },
    async close() {
      await stopServer(platforms.server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A purchase under an ID of its own, which is its order too: every platform keeps that as it came. */
export const anOrder = (id: string, change: Record<string, unknown> = {}): Record<string, unknown> =>
  aPurchase(id, change)
