import type { ActionSource } from '../../../shared/event.ts'
import { dayMs, hourMs } from '../../../shared/limits.ts'
import type { Destination } from '../destination.ts'

export const base = 'https://graph.facebook.com'
export const eventsManager = 'https://business.facebook.com/events_manager2'

/** Graph API versions; the Conversions API follows their schedule, not the Marketing API's shorter one. */
export const versions = {
  usual: 'v26.0',
  asksForAny: true,
  known: [
    { name: 'v26.0' },
    { name: 'v25.0', until: '2028-07-29' },
    { name: 'v24.0', until: '2028-02-18' },
    { name: 'v23.0', until: '2027-10-08' },
    { name: 'v22.0', until: '2027-05-20' },
    { name: 'v21.0', until: '2027-01-21' },
    { name: 'v20.0', until: '2026-09-24' },
  ],
} as const satisfies Destination['versions']

export const defaultPartner = 'pairpixel_0_1'

export const batch = { usual: 50, most: 1000, bytes: 1_000_000 }
export const pairingMs = 48 * hourMs
/** Older ones make Meta refuse the whole request. */
export const maxAgeMs = (source: Source): number => (source === 'physical_store' ? 62 : 7) * dayMs

/** Meta's words are ours. `business_messaging` has no like among ours: only a setting can say it. */
export const actionSources = {
  website: 'website',
  app: 'app',
  email: 'email',
  phone_call: 'phone_call',
  chat: 'chat',
  physical_store: 'physical_store',
  system_generated: 'system_generated',
  business_messaging: 'business_messaging',
  other: 'other',
} as const satisfies Readonly<Record<ActionSource | 'business_messaging', string>>
export type Source = keyof typeof actionSources

/** Refused when all user keys of an event are among those of one row (code 100, subcode 2804050). */
export const tooFewKeys: readonly (readonly string[])[] = [
  ['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent'],
  ['db', 'client_user_agent'],
  ['fn', 'ge'],
  ['ln', 'ge'],
]

/** ISO 4217: three letters that are no currency would make Meta refuse the whole request. */
export const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** Events whose items Meta counts: the sum of quantities. */
export const countsItems: readonly string[] = ['InitiateCheckout', 'Purchase']

/** Limited data use: the options, the country, the state. */
export const processingKeys = [
  'data_processing_options',
  'data_processing_options_country',
  'data_processing_options_state',
] as const

/** States that limit the use of data by law: California to Rhode Island. 0: Meta finds the place by itself. */
export const stateCodes = { first: 1000, last: 1013 }
