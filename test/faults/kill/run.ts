import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { createCollector } from '../../../server/collector.ts'
import { checkTree } from '../../../server/settings/settings.ts'
import { openRedisStore } from '../../../server/store/redis.ts'
import type { Store } from '../../../server/store/store.ts'
import type { RedisServer } from '../../store/redis/servers.ts'
import { stopServer } from '../../integration/harness.ts'
import { platformNames, Refused, spawnChild, type Child, type Lab } from '../lab.ts'
import { oldStore } from '../old-store.ts'
import { judge, type Verdict } from '../oracle.ts'
import { planOf, type Plan } from './plan.ts'

export interface KillResult extends Verdict {
  readonly seed: number
  readonly point: Plan['point']
  /** It died where it was meant to; otherwise it was killed a moment later. */
  readonly isReached: boolean
  readonly ms: number
}

const lightChild = path.join(import.meta.dirname, `child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`)
/** What comes to no end in this time is stuck: a fault of its own. */
const stuckMs = 60_000
/** A point that was not passed when the platforms have heard nothing for so long will not be; 5 s at most. */
const quietMs = 1500
const longestMs = 8000
/** The second life begins this much later by its clock, so that no back-off has to be waited for. */
const laterMs = 20 * 60_000

/**
 * One seeded run: a collector is killed, another one takes over its store, and the three ledgers are compared.
 * @param redis the store is in it; absent: a file of SQLite
 */
export async function killOnce(seed: number, lab: Lab, redis?: RedisServer): Promise<KillResult> {
  const begun = performance.now()
  const plan = planOf(seed)
  const file = `${lab.folder}/kill.db`
  for (const end of ['', '-wal', '-shm', '.lock', '.starts', '.v1.bak']) rmSync(`${file}${end}`, { force: true })
  await redis?.ask('FLUSHALL')
  lab.reset()
  for (const name of platformNames) lab.platforms.simulators[name].setMode(plan.modes[name] ?? { mode: 'ok' })
  if (plan.isOld && !redis) oldStore(file)
  const tree = treeOf(lab, redis?.url ?? `sqlite:${file}`, plan)
  const unanswered = await firstLife(plan, tree, lab)
  for (const name of platformNames) {
    const { poison, names } = plan.modes[name] ?? {}
    lab.platforms.simulators[name].setMode({ mode: 'ok', poison, names })
  }
  const verdict = await secondLife(tree, lab, plan, unanswered.posts, redis)
  return { ...verdict, seed, point: plan.point, isReached: unanswered.isReached, ms: performance.now() - begun }
}

function treeOf(lab: Lab, store: string, plan: Plan): Record<string, unknown> {
  const tree = lab.tree({ store })
  const destinations = Object.entries(tree.destinations as Record<string, object>)
  return {
    ...tree,
    destinations: Object.fromEntries(
      destinations.map(([name, settings]) => [name, { ...settings, batch_size: plan.batchSize }]),
    ),
  }
}

/** Posts until the collector dies. The posts that nobody answered, which a client would send again. */
async function firstLife(plan: Plan, tree: Record<string, unknown>, lab: Lab) {
  let child: Child
  try {
    child = await spawnChild(checkTree(tree), {
      file: lightChild,
      ...(plan.point !== 'random' && { crashAt: `${plan.point}:${plan.nth}` as const }),
    })
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'SIGKILL') throw error
    return { posts: plan.posts, isReached: true } // it died while it started
  }
  let isDead = false
  const gone = child.gone.then(() => (isDead = true))
  if (plan.point === 'random') void wait(plan.killAfterMs).then(() => child.kill())
  const posts: Plan['posts'][number][] = []
  const send = async (post: Plan['posts'][number]) => {
    if (isDead || (await lab.post(child.url, post)) === undefined) posts.push(post)
  }
  if (plan.isConcurrent) await Promise.all(plan.posts.map(send))
  else for (const post of plan.posts) await send(post)
  if (plan.signal && !isDead) {
    // Something should be under way or ended by then.
    if (plan.signal === 'SIGUSR2') await wait(60)
    if (!isDead) process.kill(child.pid, plan.signal)
  }
  await Promise.race([gone, quiet(lab)])
  const isReached = isDead
  await child.kill()
  return { posts, isReached }
}

/** Opens the store in this process, sends again what nobody answered, and waits until nothing is pending. */
async function secondLife(
  tree: Record<string, unknown>,
  lab: Lab,
  { posts }: Plan,
  unanswered: Plan['posts'],
  redis: RedisServer | undefined,
): Promise<Verdict> {
  // Redis counts leases by its own clock; told the time by us, those of the dead have ended too.
  const store = redis && (await openRedisStore({ url: redis.url, clock: 'caller' }))
  const collector = await createCollector(checkTree(tree), { now: () => Date.now() + laterMs, store })
  const server = createServer((request, response) => collector(request as never, response as never, () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const faults: string[] = []
  try {
    await collector.start()
    // One that was answered is told again too: nobody can know that the answer arrived.
    for (const post of [...unanswered, ...posts.slice(0, 1)])
      if (((await lab.post(url, post)) ?? 500) >= 300) faults.push('a post was refused after the restart')
    faults.push(...(await settled(collector.store)))
    const verdict = await judge(lab, collector.store)
    return { ...verdict, faults: [...faults, ...verdict.faults] }
  } finally {
    await collector.stop()
    await stopServer(server)
    faults.push(...(redis ? await emptiness(redis) : wholeness(tree)))
  }
}

/** Resolves when no platform has got a request for a while. */
async function quiet({ platforms }: Lab): Promise<void> {
  const heard = () => platformNames.reduce((sum, name) => sum + platforms.simulators[name].state().requests, 0)
  const end = performance.now() + longestMs
  for (let [last, since] = [heard(), performance.now()]; ; await wait(20)) {
    const [count, now] = [heard(), performance.now()]
    if (count !== last) [last, since] = [count, now]
    else if (now - since >= quietMs || now >= end) return
  }
}

async function settled(store: Store): Promise<readonly string[]> {
  for (const end = performance.now() + stuckMs; ; await wait(4)) {
    const { deliveries } = await store.counts()
    const pending = Object.values(deliveries).reduce((sum, states) => sum + states.pending, 0)
    if (!pending) return []
    if (performance.now() > end) return [`${pending} deliveries are pending for ever`]
  }
}

/** Everything has ended, so nothing may be due or claimed, and no body may stay that nobody can use. */
async function emptiness(redis: RedisServer): Promise<readonly string[]> {
  const keys = (await redis.ask('KEYS', '*')) as string[]
  const left = keys.filter((key) => /\}[dc]/.test(key))
  const bodies = keys.filter((key) => /\}b/.test(key))
  const ends = await Promise.all(bodies.map((key) => redis.ask('PTTL', key)))
  const stays = bodies.filter((_, n) => ends[n] === -1)
  return [...left, ...stays].map((key) => `${key} stays behind`)
}

function wholeness(tree: Record<string, unknown>): readonly string[] {
  const db = new DatabaseSync(String(tree.store).replace('sqlite:', ''))
  const word = db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
  db.close()
  return word === 'ok' ? [] : [`the file is broken: ${String(word)}`]
}
