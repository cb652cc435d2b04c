import type { IncomingMessage } from 'node:http'
import { parseEvent } from '../shared/parse-event.ts'
import type { Batch } from './collect/batch.ts'
import { visitorIdOf } from './collect/cookies.ts'
import type { EventResult } from './collect/routes.ts'
import { enrich } from './enrich/enrich.ts'
import type { Visitor } from './enrich/visitor.ts'
import { askBefore } from './before.ts'
import { newCopy } from './copy.ts'
import { asksConsent, redactedNames, type Site } from './site.ts'
import type { AppendResult, NewCopy, Store } from './store/store.ts'

export interface AcceptDeps {
  readonly store: Pick<Store, 'append' | 'prove' | 'revoke'>
  readonly now: () => number
  readonly newId: () => string
  readonly readVisitor: (request: IncomingMessage) => Visitor
  /** A delivery of this instance may fall due at this time. */
  readonly nudge: (instance: string, at: number) => void
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
  /** What the events showed of their visitor; whatever comes of it, the answer does not wait. */
  readonly remember?: (site: Site, copies: readonly NewCopy[], visitor: string | undefined) => void
  /** The visitor takes consent back: what was remembered of them goes. */
  readonly forget?: (site: Site, visitor: string) => void
}

/** One batch's path, in order: parse → enrich → before() → consent → protect → store. Durable when it resolves. */
export async function accept(
  site: Site,
  kind: 'browser' | 'backend',
  batch: Batch,
  request: IncomingMessage,
  deps: AcceptDeps,
): Promise<readonly EventResult[]> {
  const { store, now } = deps
  const receivedAt = now()
  // What is made here goes into the call and no further: a copy is large, and nothing should hold it while it is stored.
  const { results, waits, stored } = begin(site, kind, batch, request, receivedAt, deps)
  tell(results, waits, await stored, receivedAt, deps)
  // What a pixel did is told by browsers only.
  if (kind === 'browser' && batch.proofs.length > 0)
    await Promise.all(
      batch.proofs.map(({ event, event_id: id, fired }) => store.prove(site.key, event, id, fired, receivedAt)),
    )
  // Last, so that it counts for the events of the same post too.
  const revoking = kind === 'browser' && batch.revoke ? visitorIdOf(request.headers.cookie) : undefined
  if (revoking !== undefined) {
    await store.revoke(site.key, revoking, receivedAt)
    deps.forget?.(site, revoking)
  }
  return results
}

/** A copy on its way to the disk: the place of its result, and when its deliveries fall due. */
interface Wait {
  readonly index: number
  readonly deliveries: NewCopy['deliveries']
}

/** Everything up to the store: each event's fate so far, and the promise of what becomes of those handed over. */
function begin(
  site: Site,
  kind: 'browser' | 'backend',
  batch: Batch,
  request: IncomingMessage,
  receivedAt: number,
  { store, newId, readVisitor, log, remember }: AcceptDeps,
): { results: EventResult[]; waits: readonly Wait[]; stored: Promise<readonly AppendResult[]> } {
  const visitor = readVisitor(request)
  const results: EventResult[] = []
  const copies: NewCopy[] = []
  const waits: Wait[] = []
  const cookie = kind === 'browser' ? visitorIdOf(request.headers.cookie) : undefined
  batch.events.forEach((input, index) => {
    const unread = batch.unread?.get(index)
    if (unread) return void results.push({ index, result: 'refused', issues: [unread] })
    const parsed = parseEvent(input, { now: receivedAt, newId })
    if (!parsed.ok) return void results.push({ index, result: 'refused', issues: parsed.issues })
    const enriched = enrich(parsed.event, {
      ...{ kind, now: receivedAt, sentAt: batch.sentAt, visitor },
      ...{ siteUrl: site.url, keptCookies: site.pixel?.cookies, redact: redactedNames(site) },
    })
    const asked = site.before ? askBefore(site.before, enriched.event, kind, receivedAt) : { ...enriched, warnings: [] }
    const dropped = 'dropped' in asked ? asked.dropped : undefined
    if ('fault' in asked) log({ level: 'error', site: site.key, message: asked.dropped })
    const event = 'event' in asked ? asked.event : enriched.event
    const warnings = [...parsed.warnings, ...enriched.warnings, ...('warnings' in asked ? asked.warnings : [])]
    const copy = heldUnknown(site, newCopy(site, kind, event, input, receivedAt, dropped, warnings))
    copies.push(cookie === undefined || !copy.event ? copy : { ...copy, visitor: cookie })
    waits.push({ index, deliveries: copy.deliveries })
    results.push({ index, event_id: copy.eventId, result: 'failed', ...(warnings.length > 0 && { warnings }) })
  })
  const stored = copies.length ? store.append(copies) : Promise.resolve([])
  if (kind === 'browser') remember?.(site, copies, cookie)
  return { results, waits, stored }
}

/** Puts the store's word in each result's place, and tells the lanes when something falls due. */
function tell(
  results: EventResult[],
  waits: readonly Wait[],
  stored: readonly AppendResult[],
  receivedAt: number,
  { nudge }: AcceptDeps,
): void {
  waits.forEach(({ index, deliveries }, at) => {
    const result = stored[at] ?? 'failed'
    results[index] = { ...results[index], index, result }
    if (result !== 'stored' && result !== 'joined') return
    for (const { instance, dueAt, suppressed } of deliveries)
      if (!suppressed) nudge(instance, result === 'joined' ? receivedAt : dueAt)
  })
}

/** Where the site asks its visitors, a page must say what they answered: silence is no yes. */
function heldUnknown(site: Site, copy: NewCopy): NewCopy {
  if (copy.kind !== 'browser' || !asksConsent(site)) return copy
  const detail = 'The page did not say whether the visitor allows it.'
  return {
    ...copy,
    deliveries: copy.deliveries.map((delivery) =>
      delivery.suppressed || delivery.granted ? delivery : { ...delivery, suppressed: 'consent_unknown', detail },
    ),
  }
}
