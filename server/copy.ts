import { hash } from 'node:crypto'
import type { PixelEvent, StoredEvent } from '../shared/event.ts'
import type { Issue } from '../shared/parse-field.ts'
import { cleanEvent } from '../shared/text-hygiene.ts'
import { protect } from './match-keys/protect.ts'
import { consentHold, isAddressed, isGranted } from './pair/may-forward.ts'
import { holdFor, redactedNames, type Site } from './site.ts'
import type { CopyKind, Facts, NewCopy, NewDelivery } from './store/store.ts'

/**
 * Event → what the ledger keeps of this arrival: match keys hashed, deliveries decided, nothing that consent forbids.
 * @param dropped why the operator's own hook keeps it from every destination
 * @param warnings gets what is told of match keys that nobody could match by
 */
export function newCopy(
  site: Site,
  kind: CopyKind,
  event: PixelEvent,
  input: unknown,
  receivedAt: number,
  dropped?: string,
  warnings?: Issue[],
): NewCopy {
  const deliveries = deliveriesOf(site, kind, event, receivedAt, dropped)
  const stored = storedEvent(site, event, warnings)
  const { text, digest } = writeEvent(stored)
  const mayKeep = dropped === undefined && isKept(event, deliveries)
  return {
    site: site.key,
    name: event.event,
    eventId: event.event_id,
    ...(event.event === 'purchase' && event.order_id && { orderId: event.order_id }),
    kind,
    origin: event.origin ?? (kind === 'browser' ? 'js' : 'api'),
    receivedAt,
    digest,
    bytesDigest: hash('sha256', JSON.stringify(input)),
    ...(mayKeep && { event: stored, eventText: text }),
    ...(event.fired && { fired: event.fired }),
    facts: mayKeep ? factsOf(stored) : {},
    deliveries,
  }
}

/**
 * As it rests: match keys hashed, free text and addresses without what names a person.
 * @param warnings gets what is told of match keys that nobody could match by
 */
export function storedEvent(site: Site, event: PixelEvent, warnings?: Issue[]): StoredEvent {
  const redact = redactedNames(site)
  const protectedEvent = protect(cleanEvent(event, redact), {
    redact,
    default_country: site.defaultCountry,
    calling_codes: site.callingCodes,
    // Those switched off too: what they are not sent may be tried again once they are on.
    platforms: site.instances.map(({ platform }) => platform),
  })
  warnings?.push(...protectedEvent.warnings)
  return protectedEvent.event
}

/** A visitor's no keeps the event out, but for the destinations the same visitor names with a yes. */
function isKept({ consent }: PixelEvent, deliveries: readonly NewDelivery[]): boolean {
  if (consent?.state === 'denied') return deliveries.some(({ suppressed }) => !suppressed)
  return !deliveries.length || deliveries.some(({ suppressed }) => suppressed !== 'consent_denied')
}

function deliveriesOf(
  site: Site,
  kind: CopyKind,
  event: PixelEvent,
  receivedAt: number,
  dropped?: string,
): NewDelivery[] {
  const first = { kind, consent: event.consent }
  return site.instances
    .filter((instance) => isAddressed(event.to, instance))
    .map((instance) => {
      const delivery = {
        instance: instance.name,
        dueAt: receivedAt + holdFor(site, instance, event.event, first),
        ...(isGranted(event.consent, instance) && { granted: true as const }),
      }
      const refused = instance.enabled
        ? consentHold(event.consent, instance)
        : { reason: 'disabled' as const, detail: 'The destination is switched off.' }
      const held = refused ?? (dropped === undefined ? undefined : { reason: 'filtered' as const, detail: dropped })
      return held ? { ...delivery, suppressed: held.reason, detail: held.detail } : delivery
    })
}

/**
 * An event as JSON, and the digest of what it says, less its times and what became of the pixels: a reload of the same
 * page says the same. What is digested is written once and then joined with the rest, for writing costs most.
 */
export function writeEvent(event: StoredEvent): { readonly text: string; readonly digest: string } {
  const { event_time, fired, referrer, title, context } = event
  const { user_agent, click_ids, cookies, ip, screen_width, screen_height } = context ?? {}
  const said = JSON.stringify({ ...event, ...withoutAround })
  const visitor = JSON.stringify({ user_agent, click_ids, cookies, ip, screen_width, screen_height })
  const around = context ? `{"context":${joined(visitor, JSON.stringify({ ...context, ...withoutVisitor }))}}` : '{}'
  return {
    text: joined(JSON.stringify({ event_time, fired, referrer, title }), said, around),
    digest: hash('sha256', said + visitor),
  }
}

/** Members that JSON leaves out: to copy all others by name costs more than to write nothing for these. */
const without = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, undefined])) as Record<Name, undefined>
const withoutAround = without('event_time', 'fired', 'referrer', 'title', 'context')
const withoutVisitor = without('user_agent', 'click_ids', 'cookies', 'ip', 'screen_width', 'screen_height')

/** JSON objects as one. */
const joined = (...objects: readonly string[]): string =>
  `{${objects
    .map((object) => object.slice(1, -1))
    .filter(Boolean)
    .join()}}`

const factsOf = ({ value, currency, order_id: order, items }: StoredEvent): Facts => ({
  ...(value !== undefined && { value }),
  ...(currency !== undefined && { currency: currency.toUpperCase() }),
  ...(order !== undefined && { order }),
  ...(items && {
    items: hash('sha256', JSON.stringify(items.map(({ id, quantity = 1, price }) => [id, quantity, price]))).slice(
      0,
      16,
    ),
  }),
})
