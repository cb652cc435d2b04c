import type { EventFacts, MatchKeys, PixelEvent, PlatformKeys, StoredEvent, UserField } from '../../shared/event.ts'
import { compact, type Issue } from '../../shared/parse-field.ts'
import { cleanUrl } from '../../shared/url-hygiene.ts'
import { countryCode, countryOfDigest } from './country.ts'
import { isDigest, type Around, type Digested } from './digest.ts'
import { metaKey, type MetaField } from './meta.ts'
import { redditKey, type RedditField } from './reddit.ts'
import { snapchatKey, snapchatMadid } from './snapchat.ts'

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
type Key<Field> = (field: Field, value: string, around: Around) => Digested
type Take = (
  platform: string,
  path: string,
  values: readonly string[],
  key: (value: string) => Digested,
) => readonly string[]

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
  const take: Take = (platform, path, values, key) => {
    const hashes = values.flatMap((value) => key(value).hash ?? [])
    const message = `${path} has a value that ${platform} could not match; it is left out.`
    if (hashes.length < values.length) warnings.set(message, { path, code: 'unusable', message })
    return [...new Set(hashes)]
  }
  const fromUser = <Field extends string>(platform: string, fields: Fields<Field>, key: Key<Field>) =>
    filled(fields, (field, from) =>
      take(platform, `user.${from}`, user[from] ?? [], (value) => key(field, value, around)),
    )
  const phones = phonesByCode(user.phone, site.calling_codes)
  const keys: MatchKeys = {
    meta: {
      ...fromUser('Meta', metaFields, metaKey),
      ...withCode('ph', phones, (value) => metaKey('ph', value, around)),
    },
    reddit: {
      ...filled(redditSources(facts, user), (field, { path, values }) =>
        take('Reddit', path, values, (value) => redditKey(field, value, around)),
      ),
      ...withCode('phone_number', phones, (value) => redditKey('phone_number', value, around)),
    },
    snapchat: {
      ...fromUser('Snapchat', snapchatFields, snapchatKey),
      ...withCode('ph', phones, (value) => snapchatKey('ph', value, around)),
      ...madid(facts.context?.advertising_id),
    },
  }
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

/** Each field's values, where there are any. */
function filled<Field extends string, Source>(
  sources: Readonly<Partial<Record<Field, Source>>>,
  values: (field: Field, source: Source) => readonly string[],
): PlatformKeys {
  const found = Object.entries<Source | undefined>(sources).map(
    ([field, source]) => [field, source === undefined ? [] : values(field as Field, source)] as const,
  )
  return Object.fromEntries(found.filter(([, list]) => list.length))
}

/** Calling code → the numbers as they are read with it. */
type PhonesByCode = Readonly<Record<string, readonly string[]>>

function phonesByCode(phones: readonly string[] | undefined, codes: readonly string[] = []): PhonesByCode {
  if (!phones) return {}
  // A national number loses one leading zero; with it, many countries' numbers would be other ones.
  const complete = (code: string) => (phone: string) =>
    isNational(phone) ? `+${code}${phone.replace(/^\D*0/, '')}` : phone
  return Object.fromEntries(codes.map((code) => [code, phones.map(complete(code))]))
}

/** Neither `+` nor `00` says that the country code is there. */
const isNational = (phone: string): boolean => !isDigest(phone.trim()) && !/^\D*?(\+|00)/.test(phone)

/** The field once more per calling code, as `ph+44`: a destination that names the code takes that one. */
function withCode(field: string, phones: PhonesByCode, key: (value: string) => Digested): PlatformKeys {
  const entries = Object.entries(phones).map(
    ([code, values]) => [`${field}+${code}`, [...new Set(values.flatMap((value) => key(value).hash ?? []))]] as const,
  )
  return Object.fromEntries(entries.filter(([, digests]) => digests.length))
}

interface Source {
  readonly path: string
  readonly values: readonly string[]
}

/** Reddit also wants hashed what others take in clear: the address, advertising IDs and the shared ID. */
function redditSources({ event_id, order_id, context }: EventFacts, user: User): Partial<Record<RedditField, Source>> {
  const digests = user.email_reddit?.filter((email) => isDigest(email.trim())) ?? []
  const email = { path: 'user.email', values: digests.length ? digests : (user.email ?? []) }
  const { advertising_id: adId, ip, os } = context ?? {}
  const advertising = { path: 'context.advertising_id', values: adId && os ? [adId] : [] }
  return {
    email,
    email_dots: email,
    phone_number: { path: 'user.phone', values: user.phone ?? [] },
    external_id: { path: 'user.external_id', values: user.external_id ?? [] },
    ip_address: { path: 'context.ip', values: ip ? [ip] : [] },
    [os?.toLowerCase() === 'ios' ? 'idfa' : 'aaid']: advertising,
    conversion_id: { path: 'event_id', values: [event_id || order_id || ''].filter(Boolean) },
  }
}

/** A digest or an all-zero ID (tracking refused) names nobody there. */
function madid(adId: string | undefined): PlatformKeys {
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
