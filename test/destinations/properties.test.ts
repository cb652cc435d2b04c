import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Destination, InstanceSettings } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import { mapFor } from '../../server/destinations/mapping.ts'
import { protect } from '../../server/match-keys/protect.ts'
import type { Rule } from '../../shared/mapping.ts'
import { canonicalNames } from '../../shared/names.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { reasons } from '../../shared/reasons.ts'
import { eventIn } from './send.ts'
import { instance, type Json } from './vectors.ts'

/** The same runs everywhere and every time; a failure prints what to feed in. */
const runs = { seed: 20_261_121, numRuns: 400 }
const now = Date.parse('2026-11-21T10:00:00Z')
const arrival = { now, newId: () => 'made-up' }

const letters = (min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')), minLength: min, maxLength: max })
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: length, maxLength: length })
/** So long that it stands nowhere by chance. */
const word = letters(12)
const mixed = word.map((text) => text.charAt(0).toUpperCase() + text.slice(1))

/** Who the visitor is, by words that are found again wherever they stand in clear. */
const person = fc.record(
  {
    email: fc.tuple(mixed, word).map(([local, domain]) => [`${local}@${domain}.example`, `second@${domain}.example`]),
    phone: digits(9).map((number) => `+49 (0)30 7${number}`),
    first_name: mixed.map((name) => `${name}-É`),
    last_name: mixed,
    city: mixed,
    state: mixed,
    zip: fc.tuple(word, digits(4)).map((parts) => parts.join(' ')),
    country: fc.constantFrom('Liechtenstein', 'LI', 'lie'),
    date_of_birth: fc.constantFrom('1987-06-05', '05.06.1987', '19870605'),
    gender: fc.constantFrom('Female', 'f', 'Mrs.'),
    external_id: fc.tuple(mixed, digits(6)).map((parts) => parts.join('-')),
  },
  { requiredKeys: [] },
)
const wordsOf = (value: unknown): string[] => (JSON.stringify(value).match(/[a-z]{12,}|\d{8,}/gi) ?? []).map(lower)
const lower = (text: string): string => text.toLowerCase()

const any = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.double(), fc.jsonValue())
/** Two of them are more than a number can hold, and Infinity is null in JSON. */
const huge = fc.constant(1.7e308)
const amount = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -1, 1e-9, 12.5, '14', '', null, 'x'),
  huge,
  fc.integer({ min: 0, max: 500 }),
)
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })
const item = fc.record(
  { id: sometimes(any), name: any, category: any, brand: any, quantity: fc.oneof(amount, huge), price: amount },
  { requiredKeys: [] },
)
/** Things with nothing, or nothing but hollow things, inside. */
const hollow = fc.dictionary(
  fc.constantFrom('event_name', 'extinfo', 'plan', 'modes', 'id'),
  fc.constantFrom<unknown>('', null, [], {}, 'x', 1, [''], { a: null }),
)
/** Keys that some platform reads, with values of any kind. */
const extraKeys = `subscription_id lead_id fb_login_id opt_out app_data attribution_data contents content_type status
predicted_ltv delivery_category item_count data_processing_options data_processing_options_state custom_fields idfv
original_event_data sign_up_method anon_id event_tag messaging_channel num_adults constructor unheard_of
customer_segmentation madid ctwa_clid whatsapp_business_account_id mileage destination_ids __proto__
data_processing_options_country`.split(/\s+/)
const extras = fc.dictionary(
  fc.constantFrom(...extraKeys),
  fc.oneof(any, fc.constantFrom('LDU', 'LMU', true, 'product'), hollow),
)
const limits = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('LDU', ['LDU'], ['LMU'], [], '', { modes: ['LDU'], country: '' }),
)

const context = fc.record(
  {
    ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('8.8.8.8', '10.0.0.1, 8.8.4.4', '[2001:db8::1]:443'), any),
    user_agent: fc.oneof(fc.constant('Mozilla/5.0 test'), any),
    screen_width: amount,
    screen_height: amount,
    click_ids: fc.dictionary(
      fc.constantFrom('fbclid', 'rdt_cid', 'ScCid', 'gclid'),
      fc.oneof(fc.constant('click'), any),
    ),
    cookies: fc.dictionary(
      fc.constantFrom('_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid'),
      fc.oneof(fc.constantFrom('fb.1.2.3', '1.uuid', 'fb.1.9.click', 'scid-0001'), any),
    ),
    os: fc.constantFrom('ios', 'Android', ''),
  },
  { requiredKeys: [] },
)
const names = [...canonicalNames, 'Order Completed', 'CUSTOM_EVENT_3', 'INVITE', 'AppendAttribution', 'constructor']
const event = fc.record(
  {
    event: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...names) },
      { weight: 2, arbitrary: fc.constant('purchase') },
      fc.string({ unit: 'grapheme', minLength: 1 }),
    ),
    event_id: fc.tuple(fc.constant('evt-'), word).map((parts) => parts.join('')),
    event_time: fc.integer({ min: now - 8 * 86_400_000, max: now + 900_000 }),
    action_source: sometimes(fc.constantFrom('app', 'physical_store', 'email', 'other', 'website')),
    url: fc.oneof(
      { weight: 4, arbitrary: fc.constant('https://shop.example/?ScCid=c&rdt_cid=r&fbclid=f') },
      fc.constant('app://x'),
      fc.webUrl(),
      any,
    ),
    referrer: fc.oneof(fc.webUrl({ withQueryParameters: true }), any),
    title: any,
    value: amount,
    currency: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('EUR', 'usd') }, fc.constantFrom('XXX', 'dollars'), any),
    order_id: any,
    search_string: any,
    items: fc.oneof({ weight: 6, arbitrary: fc.array(item, { maxLength: 4 }) }, any),
    context,
    consent: fc.oneof(fc.record({ limited: fc.boolean() }), any),
    platform: fc.record({ meta: extras, reddit: extras, snapchat: extras }, { requiredKeys: [] }),
    props: fc.dictionary(letters(1, 8), any, { maxKeys: 4 }),
  },
  { requiredKeys: ['event', 'event_id', 'event_time'] },
)

const rule = fc.record<Rule>({
  when: fc.constant([]),
  name: sometimes(fc.constantFrom('Purchase', 'Quote Asked', 'CUSTOM_EVENT_1')),
  set: fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        ...['value', 'currency', 'order_id', 'search_string', 'custom.plan', 'custom.predicted_ltv', 'custom.value'],
        ...['custom.content_name', 'custom.num_items', 'custom.contents', 'custom.year'],
      ),
      fc.constantFrom(...extraKeys).map((key) => `platform.${key}`),
    ),
    fc.oneof(
      fc.constantFrom('title', 'referrer', 'context.screen_width', 'value').map((from) => ({ from })),
      fc
        .oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
        .map((value) => ({ value })),
    ),
    { maxKeys: 4 },
  ),
})
const settings = fc.record<Partial<InstanceSettings>>(
  {
    action_source: sometimes(fc.constantFrom('app', 'email')),
    data_processing_options: limits,
    default_calling_code: fc.constantFrom('49', '1', undefined),
    default_currency: fc.constantFrom('EUR', undefined, null),
    email_rule: fc.constantFrom('alnum', 'dots'),
    partner: fc.constantFrom('', 'SHOP'),
    test_event_code: sometimes(fc.constant('TEST123')),
    rules: fc.array(rule, { maxLength: 2 }),
  },
  { requiredKeys: [] },
)

/** Documented paths, separated by spaces; what ends in `*` stands for everything that begins so. */
const listed = (paths: string) => {
  const all = paths.split(/\s+/)
  return (path: string): boolean =>
    all.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one))
}

/** What each platform documents: where digests stand, and where anything stands in clear. */
interface Paths {
  readonly hashed: (path: string) => boolean
  readonly clear: (path: string) => boolean
}
const redditUser = {
  hashed: `user.email user.phone_number user.external_id user.ip_address user.idfa user.aaid`,
  clear: `event_at click_id user.user_agent user.uuid user.screen_dimensions.width user.screen_dimensions.height
user.data_processing_options.modes[] user.data_processing_options.country user.data_processing_options.region`,
}
const redditV3: Paths = {
  hashed: listed(`${redditUser.hashed} metadata.conversion_id`),
  clear: listed(`${redditUser.clear} action_source event_source_url referrer_url type.tracking_type
type.custom_event_name metadata.item_count metadata.currency metadata.value metadata.order_id metadata.products[].id
metadata.products[].name metadata.products[].category metadata.products[].quantity metadata.products[].item_price`),
}
const redditV2: Paths = {
  hashed: listed(`${redditUser.hashed} event_metadata.conversion_id`),
  clear: listed(`${redditUser.clear} event_type.tracking_type event_type.custom_event_name event_metadata.item_count
event_metadata.currency event_metadata.value_decimal event_metadata.products[].id event_metadata.products[].name
event_metadata.products[].category`),
}
const metaPaths: Paths = {
  hashed:
    listed(`user_data.em[] user_data.ph[] user_data.fn[] user_data.ln[] user_data.ge[] user_data.db[] user_data.ct[]
user_data.st[] user_data.zp[] user_data.country[] user_data.external_id[]`),
  clear: listed(`event_name event_time event_id action_source event_source_url referrer_url opt_out messaging_channel
app_data.* original_event_data.* attribution_data.* custom_data.* data_processing_options[]
data_processing_options_country data_processing_options_state user_data.client_ip_address user_data.client_user_agent
user_data.fbc user_data.fbp user_data.madid user_data.subscription_id user_data.lead_id user_data.fb_login_id
user_data.anon_id user_data.ctwa_clid user_data.whatsapp_business_account_id customer_segmentation`),
}
const snapchatPaths: Paths = {
  hashed:
    listed(`user_data.em[] user_data.ph[] user_data.fn[] user_data.ln[] user_data.ge[] user_data.ct[] user_data.st[]
user_data.zp[] user_data.country[] user_data.external_id[]`),
  clear: listed(`event_name event_time event_id action_source event_source_url data_processing_options[]
custom_data.currency custom_data.value custom_data.order_id custom_data.search_string custom_data.content_type
custom_data.content_ids[] custom_data.content_category[] custom_data.brands[] custom_data.content_name
custom_data.num_items custom_data.contents[].id custom_data.contents[].quantity custom_data.contents[].item_price
custom_data.contents[].brand custom_data.sign_up_method custom_data.status custom_data.event_tag
custom_data.delivery_category custom_data.predicted_ltv custom_data.custom_fields.* user_data.client_ip_address
user_data.client_user_agent user_data.sc_click_id user_data.sc_cookie1 user_data.madid user_data.subscription_id
user_data.lead_id user_data.idfv user_data.anon_id[]`),
}

const v2 = { api_version: 'v2.0' }
const platforms: [name: string, destination: Destination, own: Partial<InstanceSettings>, paths: Paths][] = [
  ['Meta', destinations.meta, {}, metaPaths],
  ['Reddit v3', destinations.reddit, {}, redditV3],
  ['Reddit v2.0', destinations.reddit, v2, redditV2],
  ['Snapchat', destinations.snapchat, {}, snapchatPaths],
]

/** Path → value of every leaf; an empty object or list is one. */
function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) =>
          leaves(part, Array.isArray(value) ? `${path}[]` : path ? `${path}.${key}` : key),
        )
      : []
  return inner.length ? inner : [[path, value]]
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const digestForm = /^[\da-f]{64}$/
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'object' && !Object.keys(value).length)

describe.each(platforms)('%s', (_name, destination, own, { hashed, clear }) => {
  test('tells in clear of nobody who it was, sends nothing empty, and always the same', () => {
    let sent = 0
    const skipped = new Set<string>()
    fc.assert(
      fc.property(event, person, sometimes(fc.uuid()), settings, (input, user, adId, chosen) => {
        const parsed = parseEvent({ ...input, user, context: { ...input.context, advertising_id: adId } }, arrival)
        if (!parsed.ok) return
        const { event: stored } = protect(frozen(parsed.event), { calling_codes: ['49', '1'] })
        const ours = frozen(instance(destination.name, { ...own, ...chosen }))
        const mapped = mapFor(destination, frozen(stored), ours, now)
        expect(mapFor(destination, structuredClone(stored), ours, now)).toEqual(mapped)
        if ('skip' in mapped) {
          expect(mapped.detail).toMatch(/\.$/)
          return void skipped.add(mapped.skip)
        }
        sent++

        const { body } = destination.request([frozen(mapped.payload)], ours)
        expect(destination.request([mapped.payload], ours).body).toBe(body)
        const whole = leaves(JSON.parse(body))
        // Meta wants unknown facts of a device as empty texts; nothing else may be empty.
        const all = [...leaves(mapped.payload, '.'), ...whole]
        expect(all.filter(([path, value]) => isEmpty(value) && !path.endsWith('.app_data.extinfo[]'))).toEqual([])

        const payload = leaves(eventIn(JSON.parse(body) as Json))
        expect(payload.filter(([path, value]) => hashed(path) && !digestForm.test(String(value)))).toEqual([])
        expect(payload.filter(([path]) => !hashed(path) && !clear(path))).toEqual([])
        // An advertising ID goes in clear where the platform says so; nothing else of the person ever does.
        const secrets = [...wordsOf(user), ...(adId ? [adId] : [])]
        const told = payload.filter(([path]) => path !== 'user_data.madid').map(([, value]) => lower(String(value)))
        expect(secrets.filter((secret) => told.some((text) => text.includes(secret)))).toEqual([])
        if (destination.name === 'reddit') expect(body).not.toContain(parsed.event.event_id)
      }),
      runs,
    )
    // Both ends were reached often enough to have been tried.
    expect(sent).toBeGreaterThan(runs.numRuns / 5)
    expect(skipped.size).toBeGreaterThan(1)
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining([...skipped]))
  })
})
