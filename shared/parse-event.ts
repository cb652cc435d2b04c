import { actionSources, type ActionSource, type PixelEvent, type Proof } from './event.ts'
import { limits } from './limits.ts'
import { canonicalName } from './names.ts'
import {
  readConsent,
  readContext,
  readFired,
  readItems,
  readNames,
  readPlatform,
  readProps,
  readTo,
  readUser,
} from './parse-parts.ts'
import {
  compact,
  isAbsent,
  isObject,
  isWithin,
  readFlag,
  readNumber,
  readText,
  readTime,
  type Issue,
  type Warn,
} from './parse-field.ts'
import { isEventId } from './uuid.ts'

export type ParsedEvent =
  | { readonly ok: true; readonly event: PixelEvent; readonly warnings: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** What a parser may not find out for itself. */
export interface ParseContext {
  /** Arrival, epoch ms. */
  readonly now: number
  /** A fresh event ID, for an event that brings none. */
  readonly newId: () => string
}

/** An order number as an event ID: itself, trimmed. Undefined when it cannot be one. */
export const orderEventId = (order: string): string | undefined => (isEventId(order.trim()) ? order.trim() : undefined)

/**
 * Unknown → event, or every issue found. Refuses only what no destination could use: no object, no name, an unreadable
 * time, a bad ID. A bad field is dropped with a warning, `null` means absent, numeric text is a number, unknown fields
 * are ignored.
 */
export function parseEvent(input: unknown, { now, newId }: ParseContext): ParsedEvent {
  if (!isObject(input))
    return { ok: false, issues: [{ path: '', code: 'not_an_object', message: 'The event is not an object.' }] }
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const warn: Warn = (path, code, message) => void warnings.push({ path, code, message: `${path} ${message}.` })

  const name = typeof input.event === 'string' ? input.event.trim() : undefined
  if (isAbsent(input.event) || name === '')
    issues.push({ path: 'event', code: 'missing', message: 'event has no name.' })
  else if (name === undefined) issues.push({ path: 'event', code: 'not_text', message: 'event is not text.' })
  else if (!isWithin(name, limits.eventNameChars))
    issues.push({
      path: 'event',
      code: 'too_long',
      message: `event is longer than ${limits.eventNameChars} characters.`,
    })

  const time = isBlank(input.event_time) ? now : readTime(input.event_time)
  if (time === undefined)
    issues.push({
      path: 'event_time',
      code: 'bad_time',
      message: 'event_time is neither ISO 8601 nor epoch milliseconds.',
    })

  const orderId = readText(input.order_id, 'order_id', warn, 256)
  const id = readId(input.event_id) ?? readId(input.messageId) ?? (orderId && orderEventId(orderId)) ?? newId()
  if (id === false)
    issues.push({
      path: readId(input.event_id) === false ? 'event_id' : 'messageId',
      code: 'bad_id',
      message: 'The event ID is not 1 to 128 printable ASCII characters without spaces.',
    })

  const value = readNumber(input.value, 'value', warn)
  const event = compact({
    event: canonicalName(name ?? ''),
    event_id: id || '',
    event_time: time ?? now,
    action_source: readActionSource(input.action_source, warn),
    url: readText(input.url, 'url', warn, limits.urlChars),
    referrer: readText(input.referrer, 'referrer', warn, limits.urlChars),
    title: readText(input.title, 'title', warn),
    value,
    currency: readText(input.currency, 'currency', warn, 16),
    order_id: orderId,
    search_string: readText(input.search_string, 'search_string', warn),
    items: readItems(input.items, warn),
    user: readUser(input.user, warn),
    context: readContext(input.context, warn),
    consent: readConsent(input.consent, warn),
    to: readTo(input.to, warn),
    fired: readFired(input.fired, 'fired', warn),
    names: readNames(input.names, warn),
    origin: readText(input.origin, 'origin', warn, 32),
    truncated: readFlag(input.truncated, 'truncated', warn) || undefined,
    platform: readPlatform(input.platform, warn),
    props: readProps(input.props, warn),
  } satisfies PixelEvent) as PixelEvent
  return issues.length ? { ok: false, issues } : { ok: true, event, warnings }
}

/** A later word on the pixels of an event; undefined when it names no event or says nothing. */
export function parseProof(input: unknown): Proof | undefined {
  if (!isObject(input) || typeof input.event !== 'string') return undefined
  const id = readId(input.event_id)
  const fired = readFired(input.fired, 'fired', () => undefined)
  return id && fired
    ? { event: canonicalName(input.event.trim()), event_id: id, fired, at: readTime(input.at) }
    : undefined
}

/** Spaces alone say no more than nothing, and are no reason to refuse the event. */
const isBlank = (value: unknown): boolean => isAbsent(typeof value === 'string' ? value.trim() : value)

/** The ID; undefined when absent, false when it is one that cannot be used. */
function readId(value: unknown): string | false | undefined {
  if (isBlank(value)) return undefined
  const id =
    typeof value === 'number' && Number.isSafeInteger(value)
      ? String(value)
      : typeof value === 'string'
        ? value.trim()
        : ''
  return isEventId(id) ? id : false
}

function readActionSource(value: unknown, warn: Warn): ActionSource | undefined {
  if (isAbsent(value)) return undefined
  const source = actionSources.find((known) => typeof value === 'string' && known === value.trim().toLowerCase())
  if (!source) warn('action_source', 'unknown', `is none of ${actionSources.join(', ')}`)
  return source
}
