import { readPixelIds, type PixelIds } from '../../shared/pixel-ids.ts'
import { parseProof } from '../../shared/parse-event.ts'
import type { Proof } from '../../shared/event.ts'
import { limits } from '../../shared/limits.ts'
import { isObject, readFlag, readTime, type Issue } from '../../shared/parse-field.ts'
import type { Refusal } from './read-body.ts'
import { faultOf, refusalOf } from './read-json.ts'

/** A post, opened but for its events. */
export interface Batch {
  readonly site?: string
  /** Registrable domain of the page, as its browser takes a cookie for it. */
  readonly domain?: string
  /** The sender's clock at sending, epoch ms. */
  readonly sentAt?: number
  readonly events: readonly unknown[]
  /** Events by their index that are refused without being read: they cost nobody but themselves. */
  readonly unread?: ReadonlyMap<number, Issue>
  readonly proofs: readonly Proof[]
  /** Pixels that the page was seen to load. */
  readonly pixels?: PixelIds
  /** The visitor takes consent back. */
  readonly revoke?: true
}

const wrong = (message: string): { refusal: Refusal } => ({
  refusal: { status: 400, code: 'BODY_WRONG_SHAPE', message },
})

/** JSON value → batch: `{ events: […] }`, a bare list of events, or one event by itself; looked over where it is suspect. */
export function readBatch(
  value: unknown,
  mostEvents: number,
  isSuspect = false,
): { readonly batch: Batch } | { readonly refusal: Refusal } {
  const body = Array.isArray(value)
    ? { events: value }
    : isObject(value) && 'event' in value
      ? { events: [value], site: value.site }
      : value
  if (!isObject(body)) return wrong('The body is neither a batch nor an event.')
  const fault = isSuspect ? faultOf({ ...body, events: undefined }) : undefined
  if (fault) return refusalOf(fault)
  const { site, events = [], proofs = [] } = body
  if (site !== undefined && site !== null && typeof site !== 'string') return wrong('The site is not text.')
  if (!Array.isArray(events)) return wrong('The events are not a list.')
  if (!Array.isArray(proofs)) return wrong('The proofs are not a list.')
  const pixels = readPixelIds(body.pixels)
  const isRevoked = readFlag(body.revoke, 'revoke', () => undefined)
  if (!events.length && !proofs.length && !isRevoked) return wrong('The batch has no events.')
  if (events.length > mostEvents || proofs.length > mostEvents)
    return { refusal: { status: 413, code: 'TOO_MANY_EVENTS', message: `A batch takes at most ${mostEvents} events.` } }
  const unread = isSuspect ? unreadOf(events) : undefined
  return {
    batch: {
      ...(site && { site }),
      ...(typeof body.domain === 'string' && body.domain && { domain: body.domain }),
      ...(readTime(body.sent_at) !== undefined && { sentAt: readTime(body.sent_at) }),
      events,
      ...(unread?.size && { unread }),
      proofs: proofs.flatMap((proof) => parseProof(proof) ?? []),
      ...(pixels && { pixels }),
      ...(isRevoked && { revoke: true }),
    },
  }
}

const faultMessages = {
  too_deep: `The event is nested deeper than ${limits.jsonDepth}.`,
  key_forbidden: 'The event has a key named __proto__.',
}

const unreadOf = (events: readonly unknown[]): ReadonlyMap<number, Issue> =>
  new Map(
    events.flatMap((event, index) => {
      const code = faultOf(event)
      return code ? [[index, { path: '', code, message: faultMessages[code] }] as const] : []
    }),
  )
