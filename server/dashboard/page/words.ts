import { times, clock, number } from './format.ts'
import type { Card, Copy, Delivery, DeliveryState, PairState } from './types.ts'

/** Every fixed word of the page that stands for a state. */
export const pairWords: Readonly<Record<PairState, string>> = {
  paired: 'Paired',
  'capi-only': 'CAPI only',
  'pixel-only': 'Pixel only',
  waiting: 'Waiting',
  neither: 'Neither',
}
export const pairStates = Object.keys(pairWords) as readonly PairState[]
export const pairHints: Readonly<Record<PairState, string>> = {
  paired: 'The pixel’s hit and our delivery carry one ID: the platform counts one conversion.',
  'capi-only': 'Delivered by the collector; the pixel was blocked or absent.',
  'pixel-only': 'The platform heard of it from its pixel alone.',
  waiting: 'Not settled yet.',
  neither: 'Settled without a delivery, and no pixel hit was seen.',
}
export const deliveryWords: Readonly<Record<DeliveryState, string>> = {
  delivered: 'Delivered',
  pending: 'Pending',
  suppressed: 'Suppressed',
  dead: 'Dead letter',
  expired: 'Expired',
}
export const cardWords: Readonly<Record<Card['state'], string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  paused: 'Paused',
  not_set: 'Not set',
}
export const platformWords: Readonly<Record<string, string>> = { meta: 'Meta', reddit: 'Reddit', snapchat: 'Snapchat' }
export const platformOf = (platform: string | undefined, otherwise = ''): string =>
  (platform && (platformWords[platform] ?? platform)) || otherwise
/** What a platform calls the place where its pixels are looked after. */
export const managerWords: Readonly<Record<string, string>> = {
  meta: 'Events Manager',
  reddit: 'Events Manager',
  snapchat: 'Ads Manager',
}
export const kindWords = { browser: 'Browser', backend: 'Back end', vault: 'Earlier' } as const

/** What people mostly come to see. */
export const conversions: ReadonlySet<string> = new Set([
  ...['purchase', 'generate_lead', 'sign_up', 'subscribe', 'start_trial', 'donate'],
])
/** Conversions first, else in the order they came in; one event's rows together. */
export const byEvent = <T extends { readonly event: string }>(rows: readonly T[]): readonly T[] => {
  const names = [...new Set(rows.map(({ event }) => event))]
  const ranked = [...names.filter((name) => conversions.has(name)), ...names.filter((name) => !conversions.has(name))]
  return ranked.flatMap((name) => rows.filter(({ event }) => event === name))
}

/** `add_to_cart` → `Add to cart`; a custom name stays as its owner wrote it. */
export const eventWords = (name: string): string => {
  const words = name.replaceAll('_', ' ')
  return /^[a-z_]+$/.test(name) ? words.charAt(0).toUpperCase() + words.slice(1) : name
}

export function copyNotes({ duplicates, result, alias }: Copy): readonly string[] {
  return [
    ...(duplicates ? [`+${times(duplicates, 'duplicate')} dropped`] : []),
    ...(result === 'late' ? ['late: came after sending, not sent again'] : []),
    ...(result === 'joined' ? ['joined'] : []),
    ...(alias === undefined ? [] : [`joined by its order, came as ${alias}`]),
  ]
}

/** What became of the delivery, as one line. */
export function deliveryLine({ state, attempts, ambiguous, settledAt, dueAt }: Delivery): string {
  return [
    deliveryWords[state],
    ...(state === 'pending' ? [`due ${clock(dueAt)}`] : settledAt === undefined ? [] : [clock(settledAt)]),
    ...(attempts ? [times(attempts, 'attempt')] : []),
    ...(ambiguous ? [`${times(ambiguous, 'resend')} after a lost answer`] : []),
  ].join(' · ')
}

/** "Meta counted 1 Purchase: browser + server, paired". */
export function countedLine(platform: string, count: NonNullable<Delivery['counted']>): string {
  const { name, browser, server, counted, paired } = count
  const from = [browser ? 'browser' : '', server ? 'server' : ''].filter(Boolean).join(' + ')
  const outcome = !browser || !server ? '' : paired ? ', paired' : ', not paired'
  return `${platform} counted ${number(counted)} ${name}: ${from}${outcome}`
}
