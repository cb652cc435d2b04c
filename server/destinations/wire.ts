import { readClickIds, type ClickIdName } from '../../shared/click-ids.ts'
import type { ActionSource, StoredEvent } from '../../shared/event.ts'
import { nameRow, spelledFor, standardName, type PlatformName } from '../../shared/names.ts'
import type { InstanceSettings, Warning } from './destination.ts'

/** What the three maps share. Pure. */

/** An optional field's value, noted when it has to be left out. */
export type Warn = (field: string, message: string) => undefined

export function collectWarnings(): { readonly warnings: Warning[]; readonly warn: Warn } {
  const warnings: Warning[] = []
  return { warnings, warn: (field, message) => void warnings.push({ field, message }) }
}

/** The same object without absent and empty members: no empty value ever reaches a wire. Undefined when none is left. */
export function pruned<T extends object>(object: T): T | undefined {
  const kept: Partial<T> = {}
  let hasSome = false
  // `in` and no list of keys: this is half of what a payload costs.
  for (const key in object) {
    const value = object[key]
    if (isEmpty(value)) continue
    kept[key] = value
    hasSome = true
  }
  return hasSome ? (kept as T) : undefined
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.length === 0
  for (const _key in value) return false
  return true
}

/** Text without white space around it; undefined when it is blank. */
export const plainText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.trim() || undefined : undefined

/** At most `most` code points, never half a character. */
export const cut = (text: string, most: number): string =>
  text.length > most ? Array.from(text).slice(0, most).join('') : text

/** The name the page's own pixel used goes before the mapped one: both sides must say the same. */
export const observedName = (event: StoredEvent, { name, platform }: InstanceSettings): string | undefined =>
  event.names?.[name] ?? event.names?.[platform]

/** The platform-side name: observed, standard, or the event's own for a custom one. */
export const eventName = (event: StoredEvent, settings: InstanceSettings): string =>
  observedName(event, settings) ?? standardName(event.event, settings.platform) ?? event.event

/** Any spelling of a standard event as the platform spells it; a custom name letter for letter. */
export const spelledName = (name: string, platform: PlatformName): string => spelledFor(nameRow(name), platform) ?? name

/** The event's own channel, else the setting's (in our words or the platform's), else the website. */
export function actionSource<Source extends string>(
  event: StoredEvent,
  setting: string | undefined,
  sources: Readonly<Record<ActionSource, Source>>,
): Source {
  if (event.action_source) return sources[event.action_source]
  const said = setting?.trim().toLowerCase()
  if (!said) return sources.website
  const own = Object.entries(sources).find(([ours, theirs]) => said === ours || said === theirs.toLowerCase())
  return own?.[1] ?? sources.website
}

/** Three letters, upper case; undefined when it is nothing of the kind. */
export function readCurrency(text: unknown): string | undefined {
  const code = plainText(text)?.toUpperCase()
  return code && /^[A-Z]{3}$/.test(code) ? code : undefined
}

/** The event's currency, or the one the site named for events that say none. One that cannot be read is not replaced. */
export function currencyOf(event: StoredEvent, settings: InstanceSettings, warn: Warn): string | undefined {
  if (!event.currency) return event.value === undefined ? undefined : readCurrency(settings.default_currency ?? '')
  return (
    readCurrency(event.currency) ?? warn('currency', 'The currency is no three-letter ISO 4217 code; it is left out.')
  )
}

/** The site's page for a website event; `https://tr.example` and `https://tr.example/` are the same base. */
export const baseUrl = (settings: InstanceSettings, own: string): string =>
  (settings.endpoint ?? own).replace(/\/+$/, '')

/** The address of a page: whole, and of the web. One of another kind makes a platform refuse the whole batch. */
export const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

export const pathPart = (text: string): string => encodeURIComponent(text.trim())

/** A click ID of an address. Most have none, and to look is a tenth of reading them. */
export const clickIn = (address: string | undefined, name: ClickIdName): string | undefined =>
  address?.toLowerCase().includes(name.toLowerCase()) ? readClickIds(address)[name] : undefined

/** Events in one request: the setting within the platform's bounds. */
export const batchSize = (
  settings: InstanceSettings,
  { usual, most }: { readonly usual: number; readonly most: number },
): number => Math.min(most, Math.max(1, Math.floor(settings.batch_size ?? usual)))
