import { isAmount, isFields, pick } from './check.ts'
import { metaShape, userFields } from './meta-shape.ts'

/** Why Meta refuses an event, and with it the whole request. */
export interface MetaFault {
  readonly subcode?: number
  readonly title: string
  readonly detail: string
}

const daySeconds = 86_400
const maxAgeDays = 7
const maxAgeDaysInStore = 62
// Meta names no tolerance; one minute is the only figure a peer works with.
const maxAheadSeconds = 60

const currencies = new Set(Intl.supportedValuesOf('currency'))
const isCurrency = (value: unknown): boolean => typeof value === 'string' && currencies.has(value.toUpperCase())

// An event whose user keys all lie inside one of these says too little about anyone.
const tooFew = [
  ['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent'],
  ['db', 'client_user_agent'],
  ['fn', 'ge'],
  ['ln', 'ge'],
]

interface Rule {
  readonly fails: (event: unknown, nowS: number) => boolean
  readonly subcode?: number
  readonly title: string
}

const isPurchase = (event: unknown): boolean => pick(event, 'event_name') === 'Purchase'
const value = (event: unknown): unknown => pick(event, 'custom_data', 'value')
const currency = (event: unknown): unknown => pick(event, 'custom_data', 'currency')
const limited = (event: unknown): boolean => JSON.stringify(pick(event, 'data_processing_options')) === '["LDU"]'

/** The first row that fails decides. Subcodes only where their meaning is known. */
const rules: readonly Rule[] = [
  { fails: tooOld, subcode: 2804003, title: 'Event Timestamp Too Old' },
  { fails: inFuture, title: 'Event Timestamp In The Future' },
  { fails: fewUserKeys, subcode: 2804050, title: 'Not Enough Customer Information Parameters' },
  {
    fails: (event) => isPurchase(event) && !isAmount(value(event)),
    subcode: 2804009,
    title: 'Missing Value For Purchase Event',
  },
  {
    fails: (event) => isPurchase(event) && !isCurrency(currency(event)),
    subcode: 2804010,
    title: 'Missing Currency For Purchase Event',
  },
  { fails: (event) => value(event) !== undefined && !isAmount(value(event)), title: 'Value Is Not A Number' },
  { fails: (event) => currency(event) !== undefined && !isCurrency(currency(event)), title: 'Unknown Currency' },
  {
    fails: (event) => pick(event, 'action_source') === 'website' && pick(event, 'event_source_url') === undefined,
    title: 'Website Event Without event_source_url',
  },
  {
    fails: (event) => pick(event, 'action_source') === 'app' && pick(event, 'app_data') === undefined,
    title: 'App Event Without app_data',
  },
  {
    fails: (event) =>
      pick(event, 'app_data') !== undefined &&
      pick(event, 'app_data', 'advertiser_tracking_enabled') === undefined &&
      pick(event, 'advertiser_tracking_enabled') === undefined,
    title: 'App Data Without advertiser_tracking_enabled',
  },
  {
    fails: (event) =>
      pick(event, 'action_source') === 'business_messaging' && pick(event, 'messaging_channel') === undefined,
    title: 'Messaging Event Without messaging_channel',
  },
  {
    fails: (event) =>
      pick(event, 'user_data', 'ctwa_clid') !== undefined &&
      pick(event, 'user_data', 'whatsapp_business_account_id') === undefined,
    title: 'Click-To-WhatsApp ID Without whatsapp_business_account_id',
  },
  {
    fails: (event) =>
      (pick(event, 'data_processing_options_country') === undefined) !==
      (pick(event, 'data_processing_options_state') === undefined),
    title: 'Country And State Of Data Processing Options Belong Together',
  },
  {
    fails: (event) =>
      limited(event) &&
      pick(event, 'data_processing_options_country') === undefined &&
      pick(event, 'user_data', 'client_ip_address') === undefined,
    title: 'Limited Data Use Without A Place',
  },
]

function tooOld(event: unknown, nowS: number): boolean {
  const days = pick(event, 'action_source') === 'physical_store' ? maxAgeDaysInStore : maxAgeDays
  return nowS - Number(pick(event, 'event_time')) > days * daySeconds
}

function inFuture(event: unknown, nowS: number): boolean {
  return Number(pick(event, 'event_time')) - nowS > maxAheadSeconds
}

function fewUserKeys(event: unknown): boolean {
  const user = pick(event, 'user_data')
  const keys = isFields(user) ? Object.keys(user).filter((key) => Object.hasOwn(userFields, key)) : []
  return tooFew.some((set) => keys.every((key) => set.includes(key)))
}

/** The first thing Meta would refuse this event for. */
export function findMetaFault(event: unknown, now: number): MetaFault | undefined {
  const problem = metaShape(event, '')
  if (problem) return { title: 'Invalid parameter', detail: problem }
  const rule = rules.find(({ fails }) => fails(event, now / 1000))
  return rule && { subcode: rule.subcode, title: rule.title, detail: `The event was refused: ${rule.title}.` }
}
