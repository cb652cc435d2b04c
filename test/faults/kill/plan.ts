import type { CrashPoint } from '../../../server/crash-points/index.ts'
import type { Mode } from '../../../server/simulator/index.ts'
import { anOrder, platformNames, type Post } from '../lab.ts'
import { createRandom, type Random } from '../random.ts'

/** Everything that one run does, from its seed alone. */
export interface Plan {
  readonly seed: number
  readonly point: CrashPoint | 'random'
  /** At which passing of the point it dies. */
  readonly nth: number
  /** `random`: ms after the first post. */
  readonly killAfterMs: number
  readonly posts: readonly Post[]
  /** All at once, or each after the answer to the one before. */
  readonly isConcurrent: boolean
  readonly batchSize: number
  readonly modes: Readonly<Record<string, Mode>>
  /** Sent once the posts are answered. */
  readonly signal?: 'SIGTERM' | 'SIGHUP' | 'SIGUSR2'
  /** The store is one of the first schema, so that the start migrates it. */
  readonly isOld: boolean
}

export const points = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'random'] as const

/** What a platform does in the first life; in the second it is well, and judges events as before. */
function modeOf(random: Random, ids: readonly string[], point: Plan['point']): Mode {
  const poison = point === 'C8' || random.chance(0.2) ? [random.pick(ids)] : []
  const judging = { ...(poison.length && { poison }), ...((point === 'C8' || random.chance(0.5)) && { names: false }) }
  const mode = random.pick<Mode>([
    { mode: 'ok' },
    { mode: 'ok' },
    { mode: 'ok', delay_ms: random.int(1, 25) },
    { mode: 'lost_answer', for: 1 },
    { mode: 'cut', for: 1 },
    { mode: 'down', for: 1 },
    { mode: 'reset', for: 1 },
  ])
  return { ...(point === 'C8' ? { mode: 'ok' } : mode), ...judging }
}

/** At which passing it dies, at most: of `posts` posts, and of as few requests as there surely are. */
const lastPass = (point: Plan['point'], posts: number, isSmallBatch: boolean): number =>
  ({
    C1: posts,
    C2: posts,
    C3: posts,
    C4: 7, // each of the three lanes asks once before there is anything
    C5: isSmallBatch ? 6 : 3,
    C6: isSmallBatch ? 6 : 3,
    C7: isSmallBatch ? 6 : 3,
    C8: 3,
    C9: 3,
    C10: 1,
    random: 1,
  })[point]

/** From the seed to the run: points take turns, the rest is drawn. */
export function planOf(seed: number): Plan {
  const random = createRandom(seed)
  const point = points[seed % points.length]!
  const ids = Array.from({ length: random.int(2, 6) }, (_, n) => `s${seed}-${n}`)
  const events = ids.map((id) => anOrder(id))
  const posts: Post[] = []
  if (point === 'C8') posts.push({ kind: 'backend', events })
  else
    for (let at = 0; at < events.length;) {
      const size = random.int(1, 2)
      posts.push({ kind: random.pick(['page', 'backend'] as const), events: events.slice(at, at + size) })
      at += size
    }
  // Some are told a second time, as they are or from the other side.
  for (const post of posts.slice())
    if (random.chance(0.25)) posts.push(random.chance(0.5) ? post : { kind: 'backend', events: post.events })
  const batchSize = point === 'C8' ? 10 : random.pick([1, 3, 10])
  return {
    seed,
    point,
    nth: random.int(1, lastPass(point, posts.length, batchSize === 1)),
    killAfterMs: random.int(0, 120),
    posts,
    isConcurrent: random.chance(0.5),
    batchSize,
    modes: Object.fromEntries(platformNames.map((name) => [name, modeOf(random, ids, point)])),
    ...(point === 'C9' && { signal: 'SIGUSR2' as const }),
    ...(point === 'C10' && { signal: random.pick(['SIGTERM', 'SIGHUP'] as const) }),
    isOld: point === 'C9' && random.chance(0.3),
  }
}
