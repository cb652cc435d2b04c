import type { Context, EventFacts, MatchKeys, StoredEvent } from '../../shared/event.ts'

type Kind = 'browser' | 'backend'

/** What the ledger holds of one arrival, as far as joining needs it. */
export interface LedgerCopy {
  readonly kind: Kind
  readonly receivedAt: number
  /** Absent: consent kept it out, or it is scrubbed. */
  readonly event?: StoredEvent
}

export interface Best {
  readonly event: StoredEvent
  /** Field → the kind of copy it came from. */
  readonly origins: Readonly<Record<string, Kind>>
}

/** Who is believed first, field by field: the browser was there, the back end knows the order. */
const firstWord = {
  url: 'browser',
  referrer: 'browser',
  title: 'browser',
  search_string: 'browser',
  origin: 'browser',
  names: 'browser',
  value: 'backend',
  currency: 'backend',
  items: 'backend',
  order_id: 'backend',
  action_source: 'backend',
} as const satisfies Partial<Record<keyof EventFacts, Kind>>
const words = Object.entries(firstWord) as [keyof typeof firstWord, Kind][]

/**
 * Joins the copies of one event into the one that is sent. Pure: the same copies give the same answer in any order of
 * arrival within a kind. Undefined when no copy may be used.
 * @param sentAt time of the first attempt: copies that came later no longer move the event's time
 */
export function bestCopy(eventId: string, copies: readonly LedgerCopy[], sentAt = Infinity): Best | undefined {
  const usable = copies.filter(isUsable)
  const first = usable[0]
  if (!first) return undefined
  const ranked = { browser: rank(usable, 'browser'), backend: rank(usable, 'backend') }
  const origins: Record<string, Kind> = {}
  const fields: Record<string, unknown> = {}
  for (const [field, kind] of words)
    for (const from of ranked[kind]) {
      if (from.event[field] === undefined) continue
      fields[field] = from.event[field]
      origins[field] = from.kind
      break
    }
  // Once sent, a time is fixed: a platform must see the same event in every repeat.
  const timed = ranked.browser.find(({ receivedAt }) => receivedAt <= sentAt) ?? ranked.browser[0] ?? first
  origins.event_time = timed.kind
  const context = joinContext(ranked.browser, origins)
  const consent = ranked.browser.find(({ event }) => event.consent)?.event.consent
  return {
    event: Object.assign(fields as Partial<EventFacts>, {
      event: first.event.event,
      event_id: eventId,
      event_time: timed.event.event_time,
      ...(context && { context }),
      // One copy that asks for limits is enough.
      ...(consent && {
        consent: usable.some(({ event }) => event.consent?.limited) ? { ...consent, limited: true } : consent,
      }),
      ...joinPlatform(ranked.backend),
      ...joinProps(ranked.backend),
      keys: joinKeys(eventId, ranked.backend, origins),
    }),
    origins,
  }
}

type Usable = LedgerCopy & { readonly event: StoredEvent }
const isUsable = (copy: LedgerCopy): copy is Usable => Boolean(copy.event)

/** The copies of one kind first, oldest first within a kind: the first word under an ID wins, another is a conflict. */
const rank = (copies: readonly Usable[], kind: Kind): readonly Usable[] =>
  copies.length === 1
    ? copies
    : [...copies.filter((copy) => copy.kind === kind), ...copies.filter((copy) => copy.kind !== kind)]

function joinContext(copies: readonly Usable[], origins: Record<string, Kind>): Context | undefined {
  const joined: Record<string, unknown> = {}
  for (const { kind, event } of copies) {
    const context = (event.context ?? {}) as Readonly<Record<string, unknown>>
    for (const field in context) {
      const value = context[field]
      if (field === 'click_ids' || field === 'cookies') {
        const known = (joined[field] ?? {}) as Record<string, unknown>
        for (const name of Object.keys(value as object)) if (!(name in known)) origins[name] ??= kind
        joined[field] = { ...(value as object), ...known }
      } else if (!(field in joined)) {
        joined[field] = value
        origins[field] = kind
      }
    }
  }
  return Object.keys(joined).length ? joined : undefined
}

/** Members of every copy; the earlier copy's stand. */
function joinProps(copies: readonly Usable[]): Partial<EventFacts> {
  const parts = copies.flatMap(({ event }) => event.props ?? [])
  return parts.length ? { props: Object.assign({}, ...parts.toReversed()) as Record<string, never> } : {}
}

/** The same, platform by platform; of limits, one copy that asks for them is enough. */
function joinPlatform(copies: readonly Usable[]): Partial<EventFacts> {
  if (copies.every(({ event }) => !event.platform)) return {}
  // Maps, for names come from anybody, and `constructor` is one.
  const joined = new Map<string, Map<string, unknown>>()
  for (const { event } of copies)
    for (const [platform, extras] of Object.entries(event.platform ?? {})) {
      const known = joined.get(platform) ?? new Map<string, unknown>()
      joined.set(platform, known)
      for (const [key, value] of Object.entries(extras))
        if (!known.has(key) || (limitKeys.includes(key) && saysNothing(known.get(key)))) known.set(key, value)
    }
  const parts = Array.from(joined, ([platform, extras]) => [platform, Object.fromEntries(extras)] as const)
  return parts.length ? { platform: Object.fromEntries(parts) } : {}
}

const limitKeys = ['data_processing_options', 'opt_out']
const saysNothing = (value: unknown): boolean => value === false || (Array.isArray(value) && !value.length)

/** Digests of all copies united, the first copy's first. A conversion ID only from the copy whose ID is sent. */
function joinKeys(eventId: string, copies: readonly Usable[], origins: Record<string, Kind>): MatchKeys {
  const joined: Record<keyof MatchKeys, Record<string, readonly string[]>> = { meta: {}, reddit: {}, snapchat: {} }
  for (const { kind, event } of copies) {
    for (const platform of ['meta', 'reddit', 'snapchat'] as const) {
      const [keys, known] = [event.keys[platform], joined[platform]]
      for (const field in keys) {
        if (field === 'conversion_id' && event.event_id !== eventId) continue
        known[field] = known[field] ? [...new Set([...known[field], ...keys[field]!])] : keys[field]!
        origins[field] ??= kind
      }
    }
  }
  // The visitor's address belongs to the copy that saw the visitor.
  const address = copies.find(({ kind, event }) => kind === 'browser' && event.keys.reddit.ip_address)?.event.keys
    .reddit
  if (address?.ip_address) joined.reddit.ip_address = address.ip_address
  return joined
}
