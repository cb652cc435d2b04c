import type { ActionSource } from '../../../shared/event.ts'
import { hourMs, minuteMs } from '../../../shared/limits.ts'
import { foldName } from '../../../shared/names.ts'
import type { Destination, InstanceSettings } from '../destination.ts'

export const base = 'https://ads-api.reddit.com'
export const eventsManager = 'https://ads.reddit.com/events-manager'

/** v2.0 is deprecated and still takes events; Reddit has named no last day. */
export const versions = {
  usual: 'v3',
  known: [{ name: 'v3' }, { name: 'v2.0', deprecated: true }],
} as const satisfies Destination['versions']

/** v2 in any spelling; every other word is the current version. */
export const isV3 = ({ api_version: version = versions.usual }: InstanceSettings): boolean =>
  !/^v?2(\.0)?$/i.test(version.trim())

/** Platform, app and version: Reddit limits clients with a library's default name and may ban those with a browser's. */
export const userAgent = 'node:pairpixel:0.1.0'

export const batch = { usual: 200, most: 1000 }
export const pairingMs = 48 * hourMs
export const maxAgeMs = 168 * hourMs
export const maxAheadMs = 5 * minuteMs

export const actionSources = {
  website: 'WEBSITE',
  app: 'APP',
  physical_store: 'PHYSICAL_STORE',
  email: 'OTHER',
  phone_call: 'OTHER',
  chat: 'OTHER',
  system_generated: 'OTHER',
  other: 'OTHER',
} as const satisfies Record<ActionSource, string>

/** What Reddit's Event Metadata page lists per standard event; products and the conversion ID go with every one. */
const standardEvents = {
  PageVisit: { takesValue: false, takesCount: false },
  ViewContent: { takesValue: false, takesCount: false },
  Search: { takesValue: false, takesCount: false },
  AddToCart: { takesValue: true, takesCount: true },
  AddToWishlist: { takesValue: true, takesCount: true },
  Purchase: { takesValue: true, takesCount: true },
  Lead: { takesValue: true, takesCount: false },
  SignUp: { takesValue: true, takesCount: false },
} as const

export interface EventType {
  /** As the pixel and v2 spell it; for a custom event its own name. */
  readonly name: string
  readonly isCustom: boolean
  readonly takesValue: boolean
  readonly takesCount: boolean
}

/** A standard event in either version's spelling, or a custom one. */
export function eventType(name: string): EventType {
  const standard = Object.entries(standardEvents).find(([known]) => foldName(known) === foldName(name))
  return standard
    ? { name: standard[0], isCustom: false, ...standard[1] }
    : { name, isCustom: true, takesValue: true, takesCount: true }
}

/** `AddToCart` → `ADD_TO_CART`. */
export const upperSnake = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

export const customNameChars = 64
export const orderIdChars = 100
export const screenSide = { least: 1, most: 32767 }
/** Counts are int32. */
export const mostCount = 2 ** 31 - 1

/** The only data processing mode. */
export const limitedMode = 'LDU'
/** ISO 3166-1, and ISO 3166-2 with or without the country before it. */
export const countryForm = /^[A-Z]{2}$/
export const regionForm = /^([A-Z]{2}-)?[A-Z0-9]{1,3}$/
