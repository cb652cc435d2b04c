import type { MatchKeys, PlatformKeys, StoredEvent } from '../../shared/event.ts'
import type { NewCopy, NewDelivery } from './store.ts'

/**
 * Whom an erasure is about, at one site: names as `namesIn` finds them in events. Each of them is enough, and each stays
 * on the list of those who are kept out.
 */
export interface Person {
  readonly site: string
  readonly names: readonly string[]
}

/** What an erasure came to; the receipt holds nothing of the person. */
export interface Erased {
  /** Events of which all was taken away but their key and their states. */
  readonly events: number
  /** Deliveries that will never be sent. */
  readonly cancelled: number
  /** A request was under way, or its answer was lost: the platform may have it. */
  readonly mayHaveLeft: number
  /** Instance → deliveries that were sent before: the platform has to be asked to delete them. */
  readonly sentBefore: Readonly<Record<string, number>>
  /** Visitors whose click IDs are forgotten. */
  readonly visitors: number
}

export const nothingErased: Erased = { events: 0, cancelled: 0, mayHaveLeft: 0, sentBefore: {}, visitors: 0 }

export function addErased(a: Erased, b: Erased): Erased {
  const sentBefore = { ...a.sentBefore }
  for (const [instance, n] of Object.entries(b.sentBefore)) sentBefore[instance] = (sentBefore[instance] ?? 0) + n
  return {
    events: a.events + b.events,
    cancelled: a.cancelled + b.cancelled,
    mayHaveLeft: a.mayHaveLeft + b.mayHaveLeft,
    sentBefore,
    visitors: a.visitors + b.visitors,
  }
}

/** A field's digests, those for a calling code (`ph+44`) among them. */
const digestsOf = (keys: PlatformKeys, field: string): readonly string[] =>
  Object.entries(keys).flatMap(([name, digests]) => (name === field || name.startsWith(`${field}+`) ? digests : []))

const named = (kind: string, ...lists: readonly (readonly string[])[]): string[] =>
  [...new Set(lists.flat())].map((value) => `${kind}:${value}`)

/** Reddit's rules make one address of several, so theirs count only where nothing better is known. */
const redditNames = ({ reddit }: MatchKeys): string[] =>
  named('reddit', digestsOf(reddit, 'email'), digestsOf(reddit, 'email_dots'))

/** The names that match keys give a person, by every platform's rule. */
function keyNames({ meta, reddit, snapchat }: MatchKeys): string[] {
  return [
    ...named('email', digestsOf(meta, 'em'), digestsOf(snapchat, 'em')),
    ...named('phone', digestsOf(meta, 'ph'), digestsOf(snapchat, 'ph'), digestsOf(reddit, 'phone_number')),
    ...named('person', meta.external_id ?? [], reddit.external_id ?? [], snapchat.external_id ?? []),
  ]
}

/** The names of whoever these match keys are of: for an erasure, so all that some event may know them by. */
export const allNames = (keys: MatchKeys): string[] => [...keyNames(keys), ...redditNames(keys)]

/** Every name by which an erasure would find an event. The vault's handles are spelled alike. */
export function namesIn({ keys, order_id: order, event_id: id }: StoredEvent): string[] {
  const own = keyNames(keys)
  const others = own.some((name) => name.startsWith('email:')) ? [] : redditNames(keys)
  return [...own, ...others, ...(order ? [`order:${order}`] : []), `event:${id}`]
}

/** The names of a copy: what it says of itself, and what its body says. */
export const copyNames = (
  { eventId, orderId, visitor }: Pick<NewCopy, 'eventId' | 'orderId' | 'visitor'>,
  event: StoredEvent | undefined,
): string[] => [
  ...(event ? namesIn(event) : []),
  `event:${eventId}`,
  ...(orderId === undefined ? [] : [`order:${orderId}`]),
  ...(visitor === undefined ? [] : [`visitor:${visitor}`]),
]

const valueOf = (name: string): string => name.slice(name.indexOf(':') + 1)
export const valuesOf = ({ names }: Person, kind: string): string[] =>
  names.filter((name) => name.startsWith(`${kind}:`)).map(valueOf)

/** Texts of which one stands in the body of every event of theirs: a quick look before a body is read. */
export const needlesOf = ({ names }: Person): string[] => [
  ...new Set(names.filter((name) => !name.startsWith('visitor:')).map((name) => JSON.stringify(valueOf(name)))),
]

/** The same for explanations, in which digests are cut short (deliver/mask.ts). */
export const maskedNeedlesOf = ({ names }: Person): string[] => [
  ...new Set(
    names.flatMap((name) => {
      const value = valueOf(name)
      if (/^[0-9a-f]{64}$/.test(value)) return [`"${value.slice(0, 8)}`]
      return /^(order|event):/.test(name) ? [JSON.stringify(value)] : []
    }),
  ),
]

export const isAbout = ({ names }: Person, event: StoredEvent): boolean =>
  namesIn(event).some((name) => names.includes(name))

const detail = 'The person asked for erasure.'
export const erasureOf = (instance: string, dueAt: number): NewDelivery => ({
  instance,
  dueAt,
  suppressed: 'erased',
  detail,
})

/** A copy of somebody who is kept out: that it came, and nothing of what it says. */
export const erasedCopy = <Copy extends Pick<NewCopy, 'deliveries' | 'facts' | 'visitor'>>(copy: Copy): Copy => ({
  ...copy,
  event: undefined,
  eventText: undefined,
  hasBody: undefined,
  visitor: undefined,
  facts: {},
  deliveries: copy.deliveries.map(({ instance, dueAt }) => erasureOf(instance, dueAt)),
})
