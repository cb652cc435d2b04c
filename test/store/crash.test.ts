import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '../../server/store/index.ts'
import { aFolder } from './folder.ts'
import { aCopy, claimAt, start } from './make.ts'

const folder = aFolder()
const children: ChildProcess[] = []
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

/** A process that appends without end, and the lines it has told so far. */
function startAppender(file: string) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'appender.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const lines = () => text.split('\n').slice(0, -1)
  const acked = () =>
    lines()
      .filter((line) => line.startsWith('stored '))
      .map((line) => line.slice('stored '.length))
  /** Waits until it has told more of something. */
  const until = async (isThere: () => boolean) => {
    while (!isThere()) {
      if (child.exitCode !== null) throw new Error(`the appender ended: ${text.slice(-500)}`)
      await once(child.stdout, 'data')
    }
  }
  return { child, lines, acked, until }
}

describe('kill -9', () => {
  test.each([1, 40, 333])('after %i acknowledged copies, each of them is there', async (wanted) => {
    const file = path.join(folder, `killed-${wanted}.db`)
    const { child, acked, until } = startAppender(file)
    await until(() => acked().length >= wanted)
    await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    child.kill('SIGKILL')
    await once(child, 'close')

    const store = await openStore(`sqlite:${file}`)
    const there = new Set((await store.recent({ limit: 1_000_000 })).map(({ eventId }) => eventId))
    expect(acked().filter((id) => !there.has(id))).toEqual([])
    const { events, deliveries } = await store.counts()
    expect(deliveries).toEqual({ meta: { pending: events, delivered: 0, dead: 0, suppressed: 0, expired: 0 } })
    expect((await claimAt(store, start + 5000, 'meta', 1_000_000)).deliveries).toHaveLength(events)
    await store.close()
    const db = new DatabaseSync(file)
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  })
})

const hasPrlimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0

test.skipIf(!hasPrlimit)(
  'a disk that refuses to write: nothing is acknowledged, and it goes on by itself afterwards',
  async () => {
    const file = path.join(folder, 'refused.db')
    const { child, lines, acked, until } = startAppender(file)
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`])
    const told = (word: string) => lines().filter((line) => line.startsWith(word)).length
    await until(() => acked().length >= 20)
    limit('4096')
    await until(() => told('failed') >= 20)
    const before = acked().length
    limit('unlimited')
    await until(() => acked().length >= before + 20)
    child.kill('SIGKILL')
    await once(child, 'close')

    const store = await openStore(`sqlite:${file}`)
    const there = new Set((await store.recent({ limit: 1_000_000 })).map(({ eventId }) => eventId))
    expect(acked().filter((id) => !there.has(id))).toEqual([])
    expect(await store.append([aCopy({ eventId: acked()[0]!, digest: 'new facts' })])).toEqual(['joined'])
    await store.close()
  },
)
