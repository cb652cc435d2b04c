// One event the way every event goes, and what stands in its request: what the tables of docs/destinations.md are found by.
import { destinations } from '../../server/destinations/index.ts'
import { mapFor } from '../../server/destinations/mapping.ts'
import { protect } from '../../server/match-keys/protect.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { cleanEvent } from '../../shared/text-hygiene.ts'

export const eventTime = Date.parse('2026-11-21T10:00:00Z')
/** The collector's clock, a minute later. */
export const now = eventTime + 60_000

/** Columns of the tables: a platform, or one of its versions that is sent another shape. */
export const columns = [
  { title: 'Meta', destination: destinations.meta },
  { title: 'Reddit v3', destination: destinations.reddit },
  { title: 'Reddit v2.0', destination: destinations.reddit, own: { api_version: 'v2.0' } },
  { title: 'Snapchat', destination: destinations.snapchat },
]
/** One column for each platform. */
export const platforms = columns.filter(({ own }) => !own).map((column) => ({ ...column, title: titleOf(column) }))

function titleOf({ destination }) {
  return destination.name.charAt(0).toUpperCase() + destination.name.slice(1)
}

export const settingsOf = ({ destination, own }, more = {}) => ({
  name: destination.name,
  platform: destination.name,
  pixel_id: 'PIXEL_ID',
  access_token: '***',
  ...own,
  ...more,
})

/** Input → the event as it is stored. Throws for an input that is no event or has a field that is dropped. */
export function stored(input, site = {}) {
  const parsed = parseEvent(input, { now, newId: () => 'made-up' })
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join(' '))
  if (parsed.warnings.length) throw new Error(parsed.warnings.map(({ message }) => message).join(' '))
  return protect(cleanEvent(parsed.event), site).event
}

/** What a platform gets of a stored event: `{ skip }`, or `{ name, payload, warnings }`. */
export const send = (event, column, settings = {}, at = now) =>
  mapFor(column.destination, event, settingsOf(column, settings), at)

/** Path → the values that stand there, in order; lists are `[]`. */
export function leaves(value, path = '', found = new Map()) {
  if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value))
      leaves(part, Array.isArray(value) ? `${path}[]` : path ? `${path}.${key}` : key, found)
  else found.set(path, [...(found.get(path) ?? []), value])
  return found
}

/** A copy with one field at a dotted path set, or taken out. */
export function withField(input, path, value) {
  const copy = JSON.parse(JSON.stringify(input))
  const keys = path.split('.')
  const last = keys.pop()
  let at = copy
  for (const key of keys) at = at[key] ??= {}
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

export const isDigest = (value) => typeof value === 'string' && /^[\da-f]{64}$/.test(value)

export const code = (text) => `\`${text}\``
export const list = (words) => words.map(code).join(', ')

/** A paragraph in lines of at most 120 characters, as pages of words have them. */
export const wrapped = (text) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/(.{1,120})( |$)/g, '$1\n')
    .trim()

/** A table in Markdown. */
export function table(titles, rows) {
  const line = (cells) => `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`
  return [line(titles), `|${titles.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
