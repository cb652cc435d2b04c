import { createHash, randomBytes } from 'node:crypto'
import { hourMs, minuteMs } from '../../../shared/limits.ts'

/** A session ends so long after its last request, and so long after its login whatever happens. */
export const sessionLife = { idleMs: 30 * minuteMs, mostMs: 12 * hourMs } as const
const mostSessions = 50

interface Session {
  readonly from: number
  seen: number
}

export interface Sessions {
  /** Opens one; its ID, 256 random bits, is told this once. */
  open(now: number): string
  /** Is this the ID of a session that goes on? `touch`: a request of a person, which keeps it from going idle. */
  has(id: string | undefined, now: number, touch: boolean): boolean
  end(id: string): void
  endAll(): void
}

/** The logins that hold, in memory: a restart ends them. IDs are kept as digests, so none is found by its first letters. */
export function createSessions(): Sessions {
  const byDigest = new Map<string, Session>()
  const lives = ({ from, seen }: Session, now: number) =>
    now - seen < sessionLife.idleMs && now - from < sessionLife.mostMs
  return {
    open(now) {
      for (const [key, session] of byDigest) if (!lives(session, now)) byDigest.delete(key)
      const [oldest] = byDigest.keys()
      if (byDigest.size >= mostSessions && oldest !== undefined) byDigest.delete(oldest)
      const id = randomBytes(32).toString('base64url')
      byDigest.set(digestOf(id), { from: now, seen: now })
      return id
    },
    has(id, now, touch) {
      const session = id === undefined ? undefined : byDigest.get(digestOf(id))
      if (!session || !lives(session, now)) return false
      if (touch) session.seen = now
      return true
    },
    end: (id) => void byDigest.delete(digestOf(id)),
    endAll: () => byDigest.clear(),
  }
}

const digestOf = (id: string): string => createHash('sha256').update(id).digest('base64')
