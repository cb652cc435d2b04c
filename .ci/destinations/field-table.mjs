// Which places of each platform's request a field of an event reaches, and in which form: found by changing the field.
import { events, full, lacking, rows, sources } from './fields.mjs'
import { code, columns, isDigest, leaves, list, send, stored, table, withField } from './send.mjs'

const samples = [
  ...events.map((event) => ({ input: { ...full, event }, event })),
  ...sources.map((source) => ({ input: { ...full, action_source: source }, source })),
  ...lacking.map(({ when, input }) => ({ input, when })),
]

const platformNames = [...new Set(columns.map(({ destination }) => destination.name))]

function given({ field }, input, value) {
  if (!field.endsWith('PLATFORM')) return withField(input, field, value)
  return { ...input, names: Object.fromEntries(platformNames.map((name) => [name, value])) }
}

const asked = new Map()

/** What each column gets of an event: path → values, or undefined where it does not get it. Many rows ask for one event. */
function sentOf(input) {
  const key = JSON.stringify(input)
  if (!asked.has(key)) {
    const event = stored(input)
    const all = columns.map((column) => send(event, column))
    asked.set(
      key,
      all.map((sent) => ('skip' in sent ? undefined : leaves(sent.payload))),
    )
  }
  return asked.get(key)
}

/** Places whose content differs: path → what stands there before and after. */
function changes(before, after) {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths
    .map((path) => [path, [before.get(path), after.get(path)]])
    .filter(([, [first, second]]) => JSON.stringify(first) !== JSON.stringify(second))
}

/** What one pair of values does at every column in every sample: column → path → where it was seen, and an example. */
function find(row) {
  const found = columns.map(() => new Map())
  const mapped = columns.map(() => ({ events: new Set(), sources: new Set() }))
  for (const pair of row.pairs)
    for (const sample of samples) {
      // The name of the event is the row's own here, and so is its source.
      if (row.field === 'event' && !(sample.event === 'purchase' || sample.source)) continue
      if (row.field === 'action_source' && sample.source) continue
      const [before, after] = pair.map((value) => sentOf(given(row, sample.input, value)))
      columns.forEach((_, at) => {
        if (!before[at] || !after[at]) return
        if (sample.event) mapped[at].events.add(sample.event)
        if (sample.source) mapped[at].sources.add(sample.source)
        for (const [path, values] of changes(before[at], after[at])) {
          if (values.includes(undefined) && !row.toggles) continue
          const entry = found[at].get(path) ?? { path, events: new Set(), sources: new Set(), whens: [], pair, values }
          if (sample.event) entry.events.add(sample.event)
          if (sample.source) entry.sources.add(sample.source)
          if (sample.when) entry.whens.push(sample.when)
          found[at].set(path, entry)
        }
      })
    }
  return found.map((paths, at) => ({ paths, mapped: mapped[at] }))
}

/** `only a, b`, or `not c` where that is shorter; empty where it is all of them. */
function part(seen, all) {
  const missing = [...all].filter((one) => !seen.has(one))
  if (!missing.length || !seen.size) return ''
  return missing.length < seen.size ? `not ${list(missing)}` : `only ${list([...seen])}`
}

function conditionOf({ events: inEvents, sources: inSources, whens }, mapped) {
  if (!inEvents.size && !inSources.size) return whens[0]
  return [part(inEvents, mapped.events), part(inSources, mapped.sources)].filter(Boolean).join('; ')
}

/** In clear, as a digest, or as something else, of which an example is shown. */
function formOf({ pair, values }) {
  const [first, second] = values
  const toggled = first === undefined || second === undefined
  const sent = toggled ? (first ?? second)[0] : first.find((value, at) => value !== second[at])
  const input = toggled && first === undefined ? pair[1] : pair[0]
  const plain = typeof input === 'object' && 'value' in input ? input.value : input
  if (isDigest(sent)) return toggled ? `hashed, with ${code(input)}` : 'hashed'
  if (toggled) return `${code(sent)} with ${code(input)}`
  if (sent === plain || String(sent) === String(plain)) return ''
  return typeof plain === 'number' ? 'computed' : `as ${code(sent)}`
}

const notSent = 'not sent'

function cellOf({ paths, mapped }, without) {
  const entries = [...paths.values()].filter(({ path }) => !without?.has(path))
  const cells = entries.map((entry) => {
    const notes = [formOf(entry), conditionOf(entry, mapped)].filter(Boolean)
    return notes.length ? `${code(entry.path)} (${notes.join('; ')})` : code(entry.path)
  })
  return cells.length ? cells.join('<br>') : notSent
}

const titleOf = ({ field, title }) => title ?? code(field.replace('items.0.', 'items[].'))

function exampleOf({ pairs: [[value]] }) {
  const plain = value.value ?? value
  return isDigest(plain) ? '64 hex digits' : code(typeof plain === 'object' ? JSON.stringify(plain) : plain)
}

/** The table of fields. Throws when something is sent that no row accounts for. */
export function fieldTable() {
  const found = new Map(rows.map((row) => [row, find(row)]))
  const accountedFor = new Set([...found.values()].flat().flatMap(({ paths }) => [...paths.keys()]))
  for (const column of columns)
    for (const path of sentOf(full)[columns.indexOf(column)].keys())
      if (!accountedFor.has(path) && !alwaysThere.has(path))
        throw new Error(`no row of .ci/destinations/fields.mjs accounts for ${path} at ${column.title}`)
  const lines = rows.map((row) => {
    const whole = row.less && found.get(rows.find(({ field, title }) => field === row.less && !title))
    const cells = found.get(row).map((one, at) => cellOf(one, whole?.[at].paths))
    return { parent: row.field.split('.').slice(0, -1).join('.'), title: titleOf(row), example: exampleOf(row), cells }
  })
  return table(
    ['Field', 'Such as', ...columns.map(({ title }) => title)],
    joined(lines).map(({ title, example, cells }) => [title, example, ...cells]),
  )
}

/** What depends on whether there are items at all. */
const alwaysThere = new Set(['custom_data.content_type'])

/** Neighbours that nobody gets share a line. */
function joined(lines) {
  const all = []
  for (const line of lines) {
    const last = all.at(-1)
    const isNobodys = ({ cells }) => cells.every((cell) => cell === notSent)
    if (last && last.parent === line.parent && isNobodys(last) && isNobodys(line))
      Object.assign(last, { title: `${last.title}, ${line.title}`, example: '' })
    else all.push(line)
  }
  return all
}
