import type { EventFacts, MatchKeys, PixelEvent, StoredEvent, UserField } from '../../shared/event.ts'
import { compact, type Issue } from '../../shared/parse-field.ts'
import { cleanUrl } from '../../shared/url-hygiene.ts'
import { countryCode, countryOfDigest } from './country.ts'
import { isDigest, type Around, type Digested } from './digest.ts'
import { metaKey, type MetaField } from './meta.ts'
import { redditKey, type RedditField } from './reddit.ts'
import { snapchatKey, snapchatMadid, type SnapchatField } from './snapchat.ts'

export interface SiteFacts {
  /** Context for states and post codes of copies that name no country; never sent as a country itself. */
  readonly default_country?: string | null
  /** Country calling codes by which some destination reads national phone numbers, digits alone. */
  readonly calling_codes?: readonly string[]
}

export interface Protected {
  readonly event: StoredEvent
  /** Match keys that came and are nothing a platform could match by; the values are not in the words. */
  readonly warnings: readonly Issue[]
}

type User = NonNullable<PixelEvent['user']>
type Fields<Field extends string> = Readonly<Record<Field, UserField>>
type Keys = Record<string, readonly string[]>

const metaFields: Fields<MetaField> = {
  em: 'email',
  ph: 'phone',
  fn: 'first_name',
  ln: 'last_name',
  ge: 'gender',
  db: 'date_of_birth',
  ct: 'city',
  st: 'state',
  zp: 'zip',
  country: 'country',
  external_id: 'external_id',
}
const { db: _unknownToSnapchat, ...snapchatFields }: Fields<MetaField> = metaFields
const metaPairs = Object.entries(metaFields) as [MetaField, UserField][]
const snapchatPairs = Object.entries(snapchatFields) as [SnapchatField, UserField][]

/**
 * The last step that sees plain match keys: turns them into each platform's own digests, whether it is configured or
 * not, and cleans the addresses of what must not rest on disk.
 */
export function protect(event: PixelEvent, site: SiteFacts = {}): Protected {
  const { user = {}, ...facts } = event
  const around: Around = {
    country: countryAround(user.country, site.default_country),
    year: new Date(event.event_time).getUTCFullYear(),
  }
  const warnings = new Map<string, Issue>()
  const warn = (platform: string, path: string): void => {
    const message = `${path} has a value that ${platform} could not match; it is left out.`
    warnings.set(message, { path, code: 'unusable', message })
  }
  const meta: Keys = {}
  for (const [field, from] of metaPairs) {
    const values = user[from]
    if (values && !fill(meta, field, values, (value) => metaKey(field, value, around))) warn('Meta', `user.${from}`)
  }
  const reddit: Keys = {}
  for (const [field, { path, values }] of redditSources(facts, user))
    if (!fill(reddit, field, values, (value) => redditKey(field, value, around))) warn('Reddit', path)
  const snapchat: Keys = {}
  for (const [field, from] of snapchatPairs) {
    const values = user[from]
    if (values && !fill(snapchat, field, values, (value) => snapchatKey(field, value, around)))
      warn('Snapchat', `user.${from}`)
  }
  for (const [code, phones] of phonesByCode(user.phone, site.calling_codes)) {
    fill(meta, `ph+${code}`, phones, (value) => metaKey('ph', value, around))
    fill(reddit, `phone_number+${code}`, phones, (value) => redditKey('phone_number', value, around))
    fill(snapchat, `ph+${code}`, phones, (value) => snapchatKey('ph', value, around))
  }
  Object.assign(snapchat, madid(facts.context?.advertising_id))
  const keys: MatchKeys = { meta, reddit, snapchat }
  const { advertising_id: _inKeys, ...context } = facts.context ?? {}
  const stored = compact({
    ...facts,
    url: facts.url === undefined ? undefined : cleanUrl(facts.url),
    referrer: facts.referrer === undefined ? undefined : cleanUrl(facts.referrer),
    context: compact(context),
    keys,
  }) as StoredEvent
  return { event: stored, warnings: [...warnings.values()] }
}

/** Puts a field's digests, each once, among a platform's keys. False: some value is nothing it could match by. */
function fill(keys: Keys, field: string, values: readonly string[], key: (value: string) => Digested): boolean {
  const hashes: string[] = []
  let all = true
  for (const value of values) {
    const { hash } = key(value)
    if (hash === undefined) all = false
    else if (!hashes.includes(hash)) hashes.push(hash)
  }
  // A field of a `ph+44` kind comes with a code that an operator wrote, so none is `__proto__`.
  if (hashes.length) keys[field] = hashes
  return all
}

/** Calling code → the numbers as they are read with it. A destination that names the code takes those. */
function phonesByCode(
  phones: readonly string[] | undefined,
  codes: readonly string[] = [],
): (readonly [code: string, phones: readonly string[]])[] {
  if (!phones) return []
  // A national number loses one leading zero; with it, many countries' numbers would be other ones.
  const complete = (code: string) => (phone: string) =>
    isNational(phone) ? `+${code}${phone.replace(/^\D*0/, '')}` : phone
  return codes.map((code) => [code, phones.map(complete(code))] as const)
}

/** Neither `+` nor `00` says that the country code is there. */
const isNational = (phone: string): boolean => !isDigest(phone.trim()) && !/^\D*?(\+|00)/.test(phone)

interface Source {
  readonly path: string
  readonly values: readonly string[]
}

const noValues: readonly string[] = []

/** Reddit also wants hashed what others take in clear: the address, advertising IDs and the shared ID. */
function redditSources({ event_id, order_id, context }: EventFacts, user: User): [RedditField, Source][] {
  const digests = user.email_reddit?.filter((email) => isDigest(email.trim())) ?? noValues
  const email = { path: 'user.email', values: digests.length ? digests : (user.email ?? noValues) }
  const { advertising_id: adId, ip, os } = context ?? {}
  return [
    ['email', email],
    ['email_dots', email],
    ['phone_number', { path: 'user.phone', values: user.phone ?? noValues }],
    ['external_id', { path: 'user.external_id', values: user.external_id ?? noValues }],
    ['ip_address', { path: 'context.ip', values: ip ? [ip] : noValues }],
    [
      os?.toLowerCase() === 'ios' ? 'idfa' : 'aaid',
      { path: 'context.advertising_id', values: adId && os ? [adId] : noValues },
    ],
    ['conversion_id', { path: 'event_id', values: [event_id || order_id || ''].filter(Boolean) }],
  ]
}

/** A digest or an all-zero ID (tracking refused) names nobody there. */
function madid(adId: string | undefined): Keys {
  const id = snapchatMadid(adId)
  return id && !isDigest(id) && !/^[0-]+$/.test(id) ? { madid: [id] } : {}
}

function countryAround(
  countries: readonly string[] | undefined,
  otherwise: string | null | undefined,
): string | undefined {
  for (const country of [...(countries ?? []), otherwise ?? '']) {
    const code = isDigest(country.trim()) ? countryOfDigest(country.trim()) : countryCode(country)
    if (code) return code
  }
  return undefined
}
