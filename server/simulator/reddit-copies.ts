import { createHash } from 'node:crypto'
import { isFields, pick } from './check.ts'
import { dayMs, type Dedup } from './platform.ts'
import { redditNames } from './reddit-rules.ts'

const dedupMs = 2 * dayMs

/** Reddit stores a raw conversion ID as its SHA-256, so the raw and the hashed form are the same ID. */
export const redditId = (id: string | undefined): string | undefined => {
  if (!id) return undefined
  return /^[0-9a-f]{64}$/i.test(id) ? id.toLowerCase() : createHash('sha256').update(id).digest('hex')
}

/** One name for the event whichever way it came; a custom event is its own kind by its name. */
export const redditEventName = (type: string, customName: string | undefined): string => {
  const name = redditNames[type] ?? type
  return name === 'CUSTOM' ? `CUSTOM:${customName ?? ''}` : name
}

/** Same channel, same kind, same conversion ID; the copy with more metadata and match keys wins, else the earlier. */
export const redditDedup: Dedup = {
  keysOf: ({ event, id, channel }) => (id ? [{ key: JSON.stringify([channel, event, id]), windowMs: dedupMs }] : []),
  replaces: (kept, next) => (next.copy.richness ?? 0) > (kept.copy.richness ?? 0),
  fills: false,
  joinsResends: true,
}

const sizeOf = (value: unknown, ...without: readonly string[]): number =>
  isFields(value) ? Object.keys(value).filter((key) => !without.includes(key)).length : 0

/** Metadata and match keys of a server copy. */
export const eventRichness = (event: unknown, metadata: unknown): number =>
  sizeOf(metadata) +
  sizeOf(pick(event, 'user'), 'data_processing_options', 'opt_out') +
  (pick(event, 'click_id') === undefined ? 0 : 1)

const matchFields = ['click_id', 'uuid', 'em', 'pn', 'external_id', 'idfa', 'aaid', 'sw']
/** The same amount twice, and a name that belongs to the kind of event. */
const notMetadata = ['m.valueDecimal', 'm.customEventName']
/** The browser's request itself brings address and user agent. */
const byRequest = 2

/** Metadata and match keys of a pixel's hit. */
export const hitRichness = (fields: URLSearchParams): number =>
  byRequest +
  [...fields].filter(
    ([key, value]) => value && (matchFields.includes(key) || (key.startsWith('m.') && !notMetadata.includes(key))),
  ).length
