import { isEventId } from '../../../shared/uuid.ts'
import type { Writes } from '../shapes.ts'

type Check = (value: unknown) => boolean
const isText =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= most
const isFlag: Check = (value) => typeof value === 'boolean'
const isTime: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value)

const name = isText(100)
const place = { instance: name, site: name }

type Shape<K extends keyof Writes> = { readonly [F in keyof Writes[K]]-?: Check }

/** What each change must be told. */
const shapes: { readonly [K in Exclude<keyof Writes, 'login' | 'logout'>]: Shape<K> } = {
  switch: { ...place, enabled: isFlag },
  probe: place,
  token: { ...place, token: isText(4096) },
  resend: { ...place, event: isText(512), event_id: (value) => typeof value === 'string' && isEventId(value) },
  replay: { group: isText(64), forced: isFlag },
  discard: { group: isText(64), reason: isText(300) },
  // A quiet rule has no subject.
  mute: { rule: name, subject: (value) => value === '' || isText(200)(value), until: isTime },
  testAlert: {},
  break: { what: oneOf('pixel', 'token', 'limit', 'slow', 'poison'), platform: name, on: isFlag },
}

export type Change = keyof typeof shapes

/** A body as the change needs it, no more than that; or what is wrong with it. */
export function readChange<K extends Change>(change: K, body: unknown): Writes[K] | { readonly fault: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { fault: 'A JSON object is needed.' }
  const given = body as Readonly<Record<string, unknown>>
  const fields = Object.entries(shapes[change] as Readonly<Record<string, Check>>)
  const wrong = fields.find(([field, check]) => !Object.hasOwn(given, field) || !check(given[field]))
  if (wrong) return { fault: `${wrong[0]} is missing or not as it should be.` }
  // Each field was checked above.
  return Object.fromEntries(fields.map(([field]) => [field, given[field]])) as unknown as Writes[K]
}
