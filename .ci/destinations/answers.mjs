// What each answer of a platform means for the events of the request: found by showing the answers to `respond`.
import { destinations } from '../../server/destinations/index.ts'
import { full } from './fields.mjs'
import { columns, send, stored, table } from './send.mjs'

const json = (status, body) => ({ status, headers: {}, body: JSON.stringify(body) })
const text = (status, body) => ({ status, headers: {}, body })
const error = (number, subcode, more) =>
  json(400, { error: { message: 'Words of Meta', code: number, ...(subcode && { error_subcode: subcode }), ...more } })
/** Meta's codes, with subcodes behind a slash. */
const codes = (names) => names.split(' ').map((name) => [`code ${name}`, () => error(...name.split('/').map(Number))])
const statuses = (numbers, body, name = '') =>
  numbers.map((status) => [`${status}${name}`, () => (typeof body === 'string' ? text : json)(status, body)])

/** Answers that the platforms' pages describe, each with a name for it. `ids`: conversion IDs of the events of a request. */
const answers = {
  meta: () => [
    ['200, every event counted', (count) => json(200, { events_received: count })],
    ['200, fewer events counted', (count) => json(200, { events_received: count - 1 })],
    ['200, no JSON', () => text(200, '<html>')],
    ...codes('1 2 5000 21009 -1 4 17 32 613 80004 341'),
    ...codes('190 190/458 190/459 190/460 190/463 190/464 190/467 102 104 3 10 200 294 368 100/33'),
    ...codes('100/2804003 100/2804009 100/2804010 100/2804050 100 105'),
    ['any other code', () => error(99_999)],
    ['any code, `is_transient`', () => error(100, 2_804_003, { is_transient: true })],
    ...statuses([301, 401, 403, 404, 408, 413, 429, 500, 503], {}, ' without a code'),
    ...statuses([400, 403, 500], '<html>', ', no JSON'),
  ],
  reddit: () => [
    [
      '200, `Successfully processed`',
      () => json(200, { data: { message: 'Successfully processed 3 conversion events.' } }),
    ],
    [
      '200, `invalid_events` names one',
      (_, sent) => json(200, { message: 'Processed', invalid_events: invalid(sent) }),
    ],
    ['200, anything else', () => text(200, '<html>')],
    [
      '400, `invalid_events` names one',
      (_, sent) => json(400, { message: 'None were processed.', invalid_events: invalid(sent) }),
    ],
    ['400, names none', () => json(400, { error: { code: 400, message: 'Bad Request' } })],
    ['400, `168h`', () => json(400, { message: 'event_at timestamp must be less than 168h0m0s old' })],
    ['401, `No bearer token`', () => json(401, { error: { message: 'No bearer token provided' } })],
    ['401', () => text(401, 'Authorization Required')],
    ['403, of the scope', () => json(403, { error: { message: 'Missing adsconversions scope' } })],
    [
      '403, of the pixel',
      () => json(403, { error: { message: 'You are not authorized to post conversions to Pixel ID x' } }),
    ],
    ['403, of a type', () => json(403, { error: { message: 'unexpected type number' } })],
    ['403', () => json(403, { error: { message: 'Forbidden' } })],
    ['403, a web page', () => text(403, '<html>')],
    ...statuses([301, 404, 405, 408, 410, 413, 422, 425, 429, 500, 503], {}),
  ],
  snapchat: () => [
    ['200, `VALID`', () => json(200, { status: 'VALID', reason: 'Events have been processed successfully.' })],
    ['200, `INVALID`, names one', () => json(200, { status: 'INVALID', event: 2, reason: 'Words of Snapchat' })],
    ['200, `INVALID`, names none', () => json(200, { status: 'INVALID', reason: 'Words of Snapchat' })],
    ['200, anything else', () => text(200, '<html>')],
    ['400, names one', () => json(400, { status: 'INVALID', event: 2, reason: 'Words of Snapchat' })],
    ['400, names none', () => json(400, { status: 'INVALID', reason: 'Words of Snapchat' })],
    ['400, code 507', () => json(400, { status: 'INVALID', reason: 'Words', errors: { codes: ['507'] } })],
    ['400, of the token', () => json(400, { status: 'INVALID', reason: 'Invalid access token' })],
    ...statuses([301, 401, 403, 404, 408, 410, 413, 422, 429, 500, 503], {}),
  ],
}
const invalid = (sent) => [{ error_message: 'Words of Reddit', event: sent.at(Math.min(1, sent.length - 1)) }]

const payloads = (column, count) =>
  Array.from({ length: count }, (_, at) => send(stored({ ...full, event_id: `order-${at + 1}` }), column).payload)

/** One outcome in words. */
function said(outcome) {
  if (outcome.kind === 'accepted') return 'delivered'
  if (outcome.kind === 'halted') return 'held'
  if (outcome.kind === 'rejected') return outcome.unsure ? 'split until the bad one stands alone' : 'dead'
  if (outcome.unreadable) return 'again, three times at most'
  if (outcome.innocent) return 'again at once'
  return outcome.afterMs ? `again after ${outcome.afterMs / 1000} s` : 'again'
}

/** Of several events in a request: all alike, or each for itself. */
function together(outcomes) {
  const [first, second, ...rest] = outcomes.map(said)
  if ([second, ...rest].every((one) => one === first)) return first
  return `the named one ${second}, the others ${first}`
}

/** Neighbours of one meaning share a line. */
function joined(lines) {
  const all = []
  for (const { name, cells } of lines) {
    const last = all.at(-1)
    if (last?.cells.join() === cells.join()) last.names.push(name)
    else all.push({ names: [name], cells })
  }
  return all
}

/** A table for each platform. */
export const answerTables = () =>
  Object.entries(answers).map(([name, all]) => {
    const column = columns.find(({ destination }) => destination === destinations[name])
    const [one, three] = [payloads(column, 1), payloads(column, 3)]
    const lines = all().map(([title, answer]) => {
      const [alone] = column.destination.respond(answer(1, one), one)
      const several = column.destination.respond(answer(3, three), three)
      return { name: title, cells: [said(alone), together(several), alone.fix ?? ''] }
    })
    const rows = joined(lines).map(({ names, cells }) => [shortened(names), ...cells])
    return { name, table: table(['Answer', 'One event', 'Of several', 'What the dashboard advises'], rows) }
  })

/** `code 4, 17, 32`: what all names begin with is said once. */
const shortened = ([first, ...rest]) =>
  first.startsWith('code ')
    ? [first, ...rest.map((name) => name.replace('code ', ''))].join(', ')
    : [first, ...rest].join('; ')
