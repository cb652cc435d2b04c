// The extra keys of `platform.NAME` that a platform gets: which, of what kind, and where they stand. Found by trying.
import { extraKeys as metaKeys } from '../../server/destinations/meta/extras.ts'
import { extraKeys as redditKeys } from '../../server/destinations/reddit/extras.ts'
import { extraKeys as snapchatExtraKeys } from '../../server/destinations/snapchat/extras.ts'
import { full } from './fields.mjs'
import { code, leaves, list, platforms, send, stored, table } from './send.mjs'

export const snapchatKeys = Object.keys(snapchatExtraKeys)

export const keysOf = { meta: Object.keys(metaKeys), reddit: Object.keys(redditKeys), snapchat: snapchatKeys }

/** Kinds of values, told apart by which of these a platform takes. */
const trials = { text: 'some text', whole: 7, number: 7.5, flag: true, list: ['x'], object: { x: 'y' } }
const kinds = [
  ['anything that is not empty', ['text', 'number', 'flag', 'list', 'object']],
  ['text, or a list of texts', ['text', 'list']],
  ['text, true or false', ['text', 'flag']],
  ['text', ['text']],
  ['number', ['number']],
  ['whole number', ['whole']],
  ['true or false', ['flag']],
]

const parts = ['business', 'business_line', 'product_area', 'medium']
const words = [
  ...['product', 'product_group', 'in_store', 'curbside', 'home_delivery', 'customer_in_loyalty_program'],
  ...parts.flatMap((part) => [`new_customer_to_${part}`, `existing_customer_to_${part}`]),
]
const attribution = `scope adset_id campaign_id attribution_model attribution_source touchpoint_type attribution_method
decline_reason auditing_token linkage_key touchpoint_id attribution_setting partner_client_id`.split(/\s+/)
const device = Array.from({ length: 16 }, (_, at) => ['a2', '', '', '', '14'][at] ?? '')

/** Values of keys that take an object, or a word of the platform's own. */
const examples = {
  'meta.data_processing_options': [['LDU']],
  'meta.contents': [[{ id: 'SKU-1', delivery_category: 'in_store' }]],
  'meta.original_event_data': [
    { event_name: 'Purchase', event_time: 1795255200, order_id: '1001', event_id: 'order-1' },
  ],
  'meta.app_data': [
    {
      advertiser_tracking_enabled: true,
      application_tracking_enabled: true,
      extinfo: device,
      campaign_ids: 'c',
      install_referrer: 'r',
      installer_package: 'p',
      url_schemes: ['shop'],
      windows_attribution_id: 'w',
      vendor_id: 'v',
      madid: 'm',
      receipt_data: 'd',
    },
  ],
  'meta.attribution_data': [
    {
      ad_id: '1',
      touchpoint_ts: 1795255200,
      attribution_share: 0.5,
      attribution_value: 10,
      visit_time: 1795255200,
      attr_window: 7,
      total_credit: 1,
      ...Object.fromEntries(attribution.map((key) => [key, 'x'])),
    },
  ],
  'reddit.data_processing_options': [{ modes: ['LDU'], country: 'US', region: 'US-CA' }],
  'snapchat.data_processing_options': [['LMU'], ['DELETE']],
  'snapchat.custom_fields': [{ plan: 'pro' }],
}
/** What a list of members would not say. */
const free = { 'snapchat.custom_fields': 'object of texts, numbers, true and false under names of your own' }
/** Keys that mean something only beside another. */
const beside = {
  'meta.ctwa_clid': { whatsapp_business_account_id: '1' },
  'meta.data_processing_options_country': { data_processing_options: ['LDU'] },
  'meta.data_processing_options_state': { data_processing_options: ['LDU'] },
}
const codes = { 'meta.data_processing_options_country': 1, 'meta.data_processing_options_state': 1000 }

/** Where a key is tried: first on a website's purchase, then where only some events have it. */
const places = [
  { note: '', input: {} },
  { note: 'of `app` events', input: { action_source: 'app' } },
  { note: 'of `AppendAttribution` events', input: { event: 'AppendAttribution' } },
  { note: 'of `business_messaging` events', input: {}, settings: { action_source: 'business_messaging' } },
]

/** Paths that change when a key has this value, with items or without them; undefined when it is not taken. */
const reached = (column, key, value, { input, settings }) =>
  changed(column, key, value, { ...full, ...input }, settings) ??
  changed(column, key, value, { ...full, ...input, items: undefined }, settings)

function changed(column, key, value, input, settings) {
  const { name } = column.destination
  const [before, after] = [{}, { [key]: value }].map((extra) => {
    const own = { ...beside[`${name}.${key}`], ...extra }
    const sent = send(stored({ ...input, platform: { [name]: own } }), column, settings)
    return 'skip' in sent ? undefined : leaves(sent.payload)
  })
  if (!before || !after) return undefined
  const paths = [...after].filter(([path, said]) => JSON.stringify(said) !== JSON.stringify(before.get(path)))
  return paths.length ? paths.map(([path]) => path) : undefined
}

/** What one key takes, where it stands then, and in which events. Throws for a key whose kind nothing here shows. */
function describe(column, key) {
  const id = `${column.destination.name}.${key}`
  for (const place of places) {
    const takes = (value) => reached(column, key, value, place)
    const example = examples[id]?.find(takes) ?? (codes[id] !== undefined && takes(codes[id]) ? codes[id] : undefined)
    if (example !== undefined)
      return {
        key,
        kind: free[id] ?? kindOfExample(example, takes),
        where: short(takes(example), key),
        note: place.note,
      }
    const taken = words.filter(takes)
    const kind = kinds.find(([, names]) => names.every((name) => takes(trials[name])))
    if (kind) {
      const sample = trials[kind[1][0]]
      return { key, kind: kind[0], where: short(takes(sample), key), note: place.note }
    }
    if (taken.length) return { key, kind: list(taken), where: short(takes(taken[0]), key), note: place.note }
  }
  throw new Error(`.ci/destinations/extras.mjs has no value that ${id} takes`)
}

/** An object by its members, those first without which the whole is left out. */
function kindOfExample(example, takes) {
  if (typeof example !== 'object') return `code, such as ${code(example)}`
  if (Array.isArray(example)) return `such as ${code(JSON.stringify(example))}`
  const members = Object.keys(example)
  const isNeeded = (member) => !takes(Object.fromEntries(Object.entries(example).filter(([key]) => key !== member)))
  const needed = members.length > 1 ? members.filter(isNeeded) : []
  const others = members.filter((member) => !needed.includes(member))
  return needed.length ? `object with ${list(needed)}, and if known ${list(others)}` : `object of ${list(others)}`
}

/** The key itself as KEY; members of an object share its path. */
function short(paths, key) {
  const own = new RegExp(`(^|\\.)${key.replaceAll('.', '\\.')}([.[].*)?$`)
  return [...new Set(paths.map((path) => path.replace(own, '$1KEY')))]
}

/** One table for each platform: platform title → table. */
export const extraTables = () =>
  platforms.map((column) => {
    const lines = new Map()
    for (const key of keysOf[column.destination.name]) {
      const { kind, where, note } = describe(column, key)
      const line = [kind, [list(where), note].filter(Boolean).join(' ')]
      const same = lines.get(line.join()) ?? { keys: [], line }
      same.keys.push(key)
      lines.set(line.join(), same)
    }
    const rows = [...lines.values()].map(({ keys, line }) => [list(keys), ...line])
    return {
      title: column.title,
      name: column.destination.name,
      table: table(['Key', 'Takes', 'Where it stands'], rows),
    }
  })
