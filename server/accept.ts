import type { IncomingMessage } from 'node:http'
import { parseEvent } from '../shared/parse-event.ts'
import type { Batch } from './collect/batch.ts'
import type { EventResult } from './collect/routes.ts'
import { enrich } from './enrich/enrich.ts'
import type { Visitor } from './enrich/visitor.ts'
import { askBefore } from './before.ts'
import { newCopy } from './copy.ts'
import type { Site } from './site.ts'
import type { NewCopy, Store } from './store/store.ts'

export interface AcceptDeps {
  readonly store: Pick<Store, 'append' | 'prove'>
  readonly now: () => number
  readonly newId: () => string
  readonly readVisitor: (request: IncomingMessage) => Visitor
  /** A delivery of this instance may fall due at this time. */
  readonly nudge: (instance: string, at: number) => void
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
  /** What the events showed of their visitor; whatever comes of it, the answer does not wait. */
  readonly remember?: (site: Site, copies: readonly NewCopy[], request: IncomingMessage) => void
}

/** One batch's path, in order: parse → enrich → before() → consent → protect → store. Durable when it resolves. */
export async function accept(
  site: Site,
  kind: 'browser' | 'backend',
  batch: Batch,
  request: IncomingMessage,
  { store, now, newId, readVisitor, nudge, log, remember }: AcceptDeps,
): Promise<readonly EventResult[]> {
  const receivedAt = now()
  const visitor = readVisitor(request)
  const results: EventResult[] = []
  const copies: { index: number; copy: NewCopy }[] = []
  batch.events.forEach((input, index) => {
    const parsed = parseEvent(input, { now: receivedAt, newId })
    if (!parsed.ok) return void results.push({ index, result: 'refused', issues: parsed.issues })
    const enriched = enrich(parsed.event, { kind, now: receivedAt, sentAt: batch.sentAt, visitor, siteUrl: site.url })
    const asked = site.before ? askBefore(site.before, enriched.event, kind, receivedAt) : { ...enriched, warnings: [] }
    const dropped = 'dropped' in asked ? asked.dropped : undefined
    if ('fault' in asked) log({ level: 'error', site: site.key, message: asked.dropped })
    const event = 'event' in asked ? asked.event : enriched.event
    const copy = heldUnknown(site, newCopy(site, kind, event, input, receivedAt, dropped))
    copies.push({ index, copy })
    const warnings = [...parsed.warnings, ...enriched.warnings, ...('warnings' in asked ? asked.warnings : [])]
    results.push({ index, event_id: copy.eventId, result: 'failed', ...(warnings.length > 0 && { warnings }) })
  })
  const stored = copies.length ? await store.append(copies.map(({ copy }) => copy)) : []
  copies.forEach(({ index, copy }, at) => {
    const result = stored[at] ?? 'failed'
    results[index] = { ...results[index], index, result }
    if (result !== 'stored' && result !== 'joined') return
    for (const { instance, dueAt, suppressed } of copy.deliveries)
      if (!suppressed) nudge(instance, result === 'joined' ? receivedAt : dueAt)
  })
  if (kind === 'browser')
    remember?.(
      site,
      copies.map(({ copy }) => copy),
      request,
    )
  // What a pixel did is told by browsers only.
  const proofs = kind === 'browser' ? batch.proofs : []
  await Promise.all(proofs.map(({ event, event_id: id, fired }) => store.prove(site.key, event, id, fired, receivedAt)))
  return results
}

/** Where the site asks its visitors, a page must say what they answered: silence is no yes. */
function heldUnknown({ consent = 'none' }: Site, copy: NewCopy): NewCopy {
  if (copy.kind !== 'browser' || consent === 'none') return copy
  const detail = 'The page did not say whether the visitor allows it.'
  return {
    ...copy,
    deliveries: copy.deliveries.map((delivery) =>
      delivery.suppressed || delivery.granted ? delivery : { ...delivery, suppressed: 'consent_unknown', detail },
    ),
  }
}
