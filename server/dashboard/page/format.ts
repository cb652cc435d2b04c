import type { Row } from './types.ts'

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
export const clock = (at: number): string => time.format(at)
export const fullTime = (at: number): string => date.format(at)
export const dayOf = (at: number): string => day.format(at)

export const number = (value: number): string => value.toLocaleString()
export const times = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`

/** A share of 0 to 1: `97.3 %`; never rounded up to a full 100, nor down to nothing. */
export function percent(share: number | undefined): string {
  if (share === undefined) return '–'
  if (share === 0 || share === 1) return `${share * 100} %`
  return `${Math.min(Math.max(share * 100, 0.1), 99.9)
    .toFixed(1)
    .replace(/\.0$/, '')} %`
}

const units = [
  [86_400_000, 'day', 'days'],
  [3_600_000, 'h', 'h'],
  [60_000, 'min', 'min'],
  [1000, 's', 's'],
] as const

/** A stretch of time in its two largest units at most: `850 ms`, `12 s`, `3 h 5 min`, `44 days`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 10) return `${ms.toFixed(1).replace(/\.0$/, '')} ms`
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`
  const at = units.findIndex(([size]) => ms >= size)
  const [size, one, many] = units[at]!
  const whole = Math.floor(ms / size)
  const next = units[at + 1]
  const rest = next ? Math.floor((ms % size) / next[0]) : 0
  const first = `${number(whole)} ${whole === 1 ? one : many}`
  return rest && next && size <= 3_600_000 ? `${first} ${rest} ${next[1]}` : first
}

/** `12 s ago`; in its largest unit alone, so that a glance is enough. */
export function ago(at: number, now: number): string {
  const ms = now - at
  if (ms > 0 && ms < 10) return `${ms.toFixed(1).replace(/\.0$/, '')} ms`
  if (ms < 1000) return 'just now'
  const [size, one, many] = units.find(([length]) => ms >= length) ?? units[3]
  const whole = Math.floor(ms / size)
  return `${number(whole)} ${whole === 1 ? one : many} ago`
}

/** `412 MB`. */
export function bytes(count: number): string {
  const [size, unit] = count >= 1e9 ? ([1e9, 'GB'] as const) : ([1e6, 'MB'] as const)
  return `${(count / size).toFixed(count >= 1e9 ? 1 : 0)} ${unit}`
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
