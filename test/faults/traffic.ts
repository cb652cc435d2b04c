import { setTimeout as wait } from 'node:timers/promises'
import { anOrder, type Lab } from './lab.ts'
import { must } from './row.ts'

/** A client that has heard nothing for so long gives up: far longer than the collector ever lets one wait. */
const givenUpMs = 60_000

export interface Traffic {
  /** Events acknowledged so far. */
  taken(): number
  /** Posts answered with 503 so far. */
  refused(): number
  /** Ends it, and checks what must always hold: an answer to each post, yes or try again. What it saw, in words. */
  stop(): Promise<string>
}

/**
 * Back ends that post one event after the other, and the same again until it is taken. Every answer is timed by the
 * client's own clock; how long one may take is the product's matter, so the slowest is told and none may be missing.
 */
export function startTraffic(lab: Pick<Lab, 'post'>, url: string, prefix: string, clients = 4): Traffic {
  const times: number[] = []
  const statuses = new Map<number, number>()
  let [missing, taken, made] = [0, 0, 0]
  let isOver = false
  const post = async (id: string): Promise<number | undefined> => {
    const begun = performance.now()
    const answer = lab.post(url, { kind: 'backend', events: [anOrder(id)] })
    const status = await Promise.race([answer, wait(givenUpMs, undefined, { ref: false })])
    times.push(performance.now() - begun)
    if (status === undefined) missing++
    else statuses.set(status, (statuses.get(status) ?? 0) + 1)
    return status
  }
  const client = async (): Promise<void> => {
    while (!isOver) {
      const id = `${prefix}-${++made}`
      for (let status = await post(id); status !== 202 && !isOver; status = await post(id)) await wait(20)
      taken = statuses.get(202) ?? 0
      await wait(5)
    }
  }
  const running = Promise.all(Array.from({ length: clients }, client))
  return {
    taken: () => taken,
    refused: () => statuses.get(503) ?? 0,
    async stop() {
      isOver = true
      await running
      must(missing === 0, `${missing} of ${times.length} posts got no answer`)
      const others = [...statuses.keys()].filter((status) => status !== 202 && status !== 503)
      must(!others.length, `posts were answered with ${others.join(', ')}`)
      const slowest = Math.round(times.reduce((most, ms) => Math.max(most, ms), 0))
      return `${times.length} posts, all answered (${statuses.get(503) ?? 0} with 503), the slowest after ${slowest} ms`
    },
  }
}
