import type { ActionSource } from '../../../shared/event.ts'
import { dayMs, hourMs, minuteMs } from '../../../shared/limits.ts'
import { foldName } from '../../../shared/names.ts'
import type { Destination } from '../destination.ts'

export const base = 'https://tr.snapchat.com'
export const eventsManager = 'https://ads.snapchat.com/'

export const versions = { usual: 'v3', known: [{ name: 'v3' }] } as const satisfies Destination['versions']

export const batch = { usual: 200, most: 2000, bytes: 1_000_000 }
export const pairingMs = 48 * hourMs
/** Offline events may be older, but nothing after 28 days is attributed to an ad. */
export const maxAgeMs = (source: string): number => (source === 'WEB' || source === 'MOBILE_APP' ? 7 : 28) * dayMs
export const maxAheadMs = 10 * minuteMs

export const actionSources = {
  website: 'WEB',
  app: 'MOBILE_APP',
  physical_store: 'physical_store',
  phone_call: 'phone_call',
  email: 'email',
  chat: 'chat',
  system_generated: 'system_generated',
  other: 'OFFLINE',
} as const satisfies Record<ActionSource, string>

const accepted = `PURCHASE SAVE START_CHECKOUT ADD_CART VIEW_CONTENT ADD_BILLING SIGN_UP SEARCH PAGE_VIEW SUBSCRIBE
AD_CLICK AD_VIEW COMPLETE_TUTORIAL LEVEL_COMPLETE INVITE LOGIN SHARE RESERVE ACHIEVEMENT_UNLOCKED ADD_TO_WISHLIST
SPENT_CREDITS RATE START_TRIAL LIST_VIEW APP_INSTALL APP_OPEN CUSTOM_EVENT_1 CUSTOM_EVENT_2 CUSTOM_EVENT_3
CUSTOM_EVENT_4 CUSTOM_EVENT_5`.split(/\s+/)

/** What other vocabularies call events that only Snapchat has a name for (GA4, Segment and neutral spellings). */
const otherNames: Readonly<Record<string, string>> = {
  selectpromotion: 'AD_CLICK',
  promotionclick: 'AD_CLICK',
  promotionclicked: 'AD_CLICK',
  viewpromotion: 'AD_VIEW',
  promotionview: 'AD_VIEW',
  promotionviewed: 'AD_VIEW',
  spendcredits: 'SPENT_CREDITS',
  spendvirtualcurrency: 'SPENT_CREDITS',
  unlockachievement: 'ACHIEVEMENT_UNLOCKED',
}

const byFolded = new Map([...Object.entries(otherNames), ...accepted.map((name) => [foldName(name), name] as const)])

/** The member of Snapchat's closed set; undefined for any other name. */
export const acceptedName = (name: string): string | undefined => byFolded.get(foldName(name))

export const currencies = new Set(
  `AED ALL AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK DZD EGP EUR GBP GHS GIP HKD HRK HUF IDR ILS INR IQD ISK JOD JPY
KES KRW KWD KZT LBP MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD TZS UAH USD VND XOF
ZAR`.split(/\s+/),
)

export const scidForm = /^[A-Za-z0-9_.-]{8,128}$/
