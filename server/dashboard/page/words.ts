import type { Copy, Delivery, DeliveryState, PairState, Row } from './rows.ts'

/** Every fixed word of the page that stands for a state. */
export const pairWords: Readonly<Record<PairState, string>> = {
  paired: 'Paired',
  'capi-only': 'CAPI only',
  'pixel-only': 'Pixel only',
  waiting: 'Waiting',
  neither: 'Neither',
}
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
export const platformWords: Readonly<Record<string, string>> = { meta: 'Meta', reddit: 'Reddit', snapchat: 'Snapchat' }
export const kindWords = { browser: 'Browser', backend: 'Back end', vault: 'Earlier' } as const

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
export const clock = (at: number): string => time.format(at)
export const fullTime = (at: number): string => date.format(at)
export const number = (value: number): string => value.toLocaleString()
export const times = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`

/** `add_to_cart` → `Add to cart`; a custom name stays as its owner wrote it. */
export const eventWords = (name: string): string => {
  const words = name.replaceAll('_', ' ')
  return /^[a-z_]+$/.test(name) ? words.charAt(0).toUpperCase() + words.slice(1) : name
}

/** The value as it will be sent: the back end's word before the browser's. */
export function money(row: Row): string | undefined {
  const ranked = [...row.copies].sort((a, b) => Number(a.kind === 'browser') - Number(b.kind === 'browser'))
  const value = ranked.find(({ facts }) => facts.value !== undefined)?.facts.value
  const currency = ranked.find(({ facts }) => facts.currency !== undefined)?.facts.currency ?? ''
  if (value === undefined) return undefined
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(value)
  } catch {
    return `${number(value)} ${currency}`.trim() // no currency, or none that is known
  }
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
