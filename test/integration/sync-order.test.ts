import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPurchase, postBackend, postPage, settingsTree, spawnCollector, temporaryFolder } from './harness.ts'
import { earlyAnswers } from './strace-log.ts'

const requests = 1000
const senders = 20
let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => void (folder = temporaryFolder()))
afterAll(() => folder.remove())

/** 1,000 mixed requests under strace; what it saw of reads, writes and syncs. */
async function trace(synchronous: 'FULL' | 'OFF') {
  const log = `${folder.path}/${synchronous}.strace`
  const calls = 'trace=read,readv,write,writev,pwrite64,fsync,fdatasync,sendto,recvfrom,sendmsg'
  const child = await spawnCollector(
    settingsTree(undefined, { store: `sqlite:${folder.path}/${synchronous}.db`, hold: { default: '10m' } }),
    {
      synchronous,
      wrap: ['strace', '-f', '-qq', '-ttt', '-y', '-s', '20000', '-e', calls, '-e', 'signal=none', '-o', log],
    },
  )
  const statuses: number[] = []
  let next = 0
  const send = async () => {
    for (let id = next++; id < requests; id = next++) {
      const event = aPurchase(`sync-${String(id).padStart(6, '0')}-end`)
      const answer =
        id % 2 ? await postBackend(child.url, event) : await postPage(child.url, { site: 'default', events: [event] })
      await answer.arrayBuffer()
      statuses.push(answer.status)
    }
  }
  try {
    await Promise.all(Array.from({ length: senders }, send))
  } finally {
    await child.kill()
  }
  expect(statuses.filter((status) => status === 202 || status === 204)).toHaveLength(requests)
  return earlyAnswers(readFileSync(log, 'utf8'), /sync-\d{6}-end/)
}

describe('no 2xx leaves before the sync that covers its commit has returned', () => {
  test(`in ${requests} mixed requests`, { timeout: 300_000 }, async () => {
    const { answers, early } = await trace('FULL')
    expect(answers).toBe(requests)
    expect(early).toEqual([])
  })
  test('and the same look finds it out when nothing is synced', { timeout: 300_000 }, async () => {
    const { answers, early } = await trace('OFF')
    expect(answers).toBe(requests)
    expect(early.length).toBeGreaterThan(0)
  })
})
