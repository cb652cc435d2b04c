import type { Context, EventFacts, MatchKeys, PixelEvent, StoredEvent, UserField } from '../../shared/event.ts'
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
  /** Whose keys are wanted; absent: all. A platform without rules here may read anybody's, so it wants all too. */
  readonly platforms?: readonly string[]
  /** Parameters that addresses lose beside the usual ones, in lower case. */
  readonly redact?: readonly string[]
}

export interface Protected {
  readonly event: StoredEvent
  /** Match keys that came and are nothing a platform could match by; the values are not in the words. */
  readonly warnings: readonly Issue[]
}

type User = NonNullable<PixelEvent['user']>
type Pairs<Field extends string> = readonly (readonly [field: Field, from: UserField])[]
type Keys = Record<string, readonly string[]>
type Key<Field> = (field: Field, value: string, around: Around) => Digested

const metaPairs: Pairs<MetaField> = [
  ['em', 'email'],
  ['ph', 'phone'],
  ['fn', 'first_name'],
  ['ln', 'last_name'],
  ['ge', 'gender'],
  ['db', 'date_of_birth'],
  ['ct', 'city'],
  ['st', 'state'],
  ['zp', 'zip'],
  ['country', 'country'],
  ['external_id', 'external_id'],
]
/** Birthdays are unknown to Snapchat. */
const snapchatPairs = metaPairs.filter(([field]) => field !== 'db') as Pairs<SnapchatField>
/** In Meta's form the collector itself knows people, for its click-ID vault and for erasures. */
const ownPairs = metaPairs.filter(([field]) => field === 'em' || field === 'external_id')

/**
 * The last step that sees plain match keys: turns them into digests, in the form of each of the site's platforms, and
 * cleans the addresses of what must not rest on disk.
 */
export function protect(event: PixelEvent, site: SiteFacts = {}): Protected {
  const { user = {}, context, url, referrer } = event
  const around: Around = {
    country: countryAround(user.country, site.default_country),
    year: new Date(event.event_time).getUTCFullYear(),
  }
  const wanted = wantedKeys(site.platforms)
  const warnings: Issue[] = []
  const meta = wanted.meta
    ? keysOf('Meta', metaPairs, metaKey, user, around, warnings)
    : keysOf('Meta', ownPairs, metaKey, user, around, [])
  const reddit = wanted.reddit ? redditKeys(event, user, around, warnings) : {}
  const snapchat = wanted.snapchat ? keysOf('Snapchat', snapchatPairs, snapchatKey, user, around, warnings) : {}
  for (const [code, phones] of phonesByCode(user.phone, site.calling_codes)) {
    if (wanted.meta && fill(meta, `ph+${code}`, phones, metaKey, 'ph', around)) unwarn(warnings, 'Meta', 'user.phone')
    if (wanted.reddit && fill(reddit, `phone_number+${code}`, phones, redditKey, 'phone_number', around))
      unwarn(warnings, 'Reddit', 'user.phone')
    if (wanted.snapchat) fill(snapchat, `ph+${code}`, phones, snapchatKey, 'ph', around)
  }
  if ((wanted.meta || wanted.snapchat) && !site.calling_codes?.length && user.phone?.some(lacksCountry))
    warnings.push({
      path: 'user.phone',
      code: 'no_country_code',
      message: 'user.phone has a number without its country code; Meta and Snapchat match nobody by it.',
    })
  // In clear an advertising ID rests once, where Snapchat's form of it is kept; Meta's map reads it there.
  const madid = wanted.meta || wanted.snapchat ? madidOf(context?.advertising_id) : undefined
  if (madid !== undefined) snapchat.madid = [madid]
  return {
    event: {
      ...event,
      user: undefined,
      url: url === undefined ? undefined : cleanUrl(url, site.redact),
      referrer: referrer === undefined ? undefined : cleanUrl(referrer, site.redact),
      context: context && keptContext(context),
      keys: { meta, reddit, snapchat },
    } as StoredEvent, // `user` is there no more
    warnings,
  }
}

const known = ['meta', 'reddit', 'snapchat']
type Wanted = Readonly<Record<keyof MatchKeys, boolean>>
const all: Wanted = { meta: true, reddit: true, snapchat: true }

function wantedKeys(platforms: readonly string[] | undefined): Wanted {
  if (!platforms?.every((name) => known.includes(name))) return all
  return {
    meta: platforms.includes('meta'),
    reddit: platforms.includes('reddit'),
    snapchat: platforms.includes('snapchat'),
  }
}

/** The keys of a platform that takes a field of ours as a field of its own. */
function keysOf<Field extends string>(
  platform: string,
  pairs: Pairs<Field>,
  key: Key<Field>,
  user: User,
  around: Around,
  warnings: Issue[],
): Keys {
  const keys: Keys = {}
  for (const [field, from] of pairs) {
    const values = user[from]
    if (values && !fill(keys, field, values, key, field, around)) warn(warnings, platform, `user.${from}`)
  }
  return keys
}

const unusable = (platform: string, path: string): string =>
  `${path} has a value that ${platform} could not match; it is left out.`

/** Told once of each platform and field, however many values there are. */
function warn(warnings: Issue[], platform: string, path: string): void {
  const message = unusable(platform, path)
  if (!warnings.some((one) => one.message === message)) warnings.push({ path, code: 'unusable', message })
}

/** It can be read after all. */
function unwarn(warnings: Issue[], platform: string, path: string): void {
  const at = warnings.findIndex(({ message }) => message === unusable(platform, path))
  if (at >= 0) warnings.splice(at, 1)
}

/** Puts digests, each once, under a name among a platform's keys. False: some value is nothing it could match by. */
function fill<Field>(
  keys: Keys,
  name: string,
  values: readonly string[],
  key: Key<Field>,
  field: Field,
  around: Around,
): boolean {
  let hashes: readonly string[] | undefined
  let complete = true
  for (const value of values) {
    const { hash } = key(field, value, around)
    if (hash === undefined) complete = false
    // Most lists have one member; one that is pushed to holds room for sixteen more.
    else if (!hashes) hashes = [hash]
    else if (!hashes.includes(hash)) hashes = [...hashes, hash]
  }
  // A name of the `ph+44` kind comes with a code that an operator wrote, so none is `__proto__`.
  if (hashes) keys[name] = hashes
  return complete
}

/** All but the advertising ID, which is among the keys. */
const keptContext = (context: Context): Context | undefined =>
  context.advertising_id === undefined ? context : compact({ ...context, advertising_id: undefined })

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

/** A zero alone at the start is dialled inside a country only; of other numbers nobody can tell. */
const lacksCountry = (phone: string): boolean => isNational(phone) && /^\D*0/.test(phone)

/** Neither `+` nor `00` says that the country code is there. */
const isNational = (phone: string): boolean => !isDigest(phone.trim()) && !/^\D*?(\+|00)/.test(phone)

/** Reddit also wants hashed what others take in clear: the address, advertising IDs and the shared ID. */
function redditKeys({ event_id, order_id, context }: EventFacts, user: User, around: Around, warnings: Issue[]): Keys {
  const keys: Keys = {}
  const take = (field: RedditField, path: string, values: readonly string[] | undefined): void => {
    if (values && !fill(keys, field, values, redditKey, field, around)) warn(warnings, 'Reddit', path)
  }
  const digests = user.email_reddit?.filter((email) => isDigest(email.trim()))
  const emails = digests?.length ? digests : user.email
  const { advertising_id: adId, ip, os } = context ?? {}
  const id = event_id || order_id
  take('email', 'user.email', emails)
  take('email_dots', 'user.email', emails)
  take('phone_number', 'user.phone', user.phone)
  take('external_id', 'user.external_id', user.external_id)
  if (ip) take('ip_address', 'context.ip', [ip])
  if (adId && os) take(os.toLowerCase() === 'ios' ? 'idfa' : 'aaid', 'context.advertising_id', [adId])
  if (id) take('conversion_id', 'event_id', [id])
  return keys
}

/** A digest or an all-zero ID (tracking refused) names nobody there. */
function madidOf(adId: string | undefined): string | undefined {
  const id = snapchatMadid(adId)
  return id && !isDigest(id) && !/^[0-]+$/.test(id) ? id : undefined
}

function countryAround(countries: readonly string[] = [], otherwise: string | null | undefined): string | undefined {
  for (const country of countries) {
    const code = codeOf(country)
    if (code) return code
  }
  return otherwise ? codeOf(otherwise) : undefined
}

function codeOf(country: string): string | undefined {
  const text = country.trim()
  return isDigest(text) ? countryOfDigest(text) : countryCode(country)
}
