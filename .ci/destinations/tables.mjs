// The smaller tables of docs/destinations.md, each found by asking the destinations themselves.
import { actionSources } from '../../shared/event.ts'
import { canonicalNames } from '../../shared/names.ts'
import { full } from './fields.mjs'
import {
  code,
  columns,
  eventTime,
  leaves,
  list,
  platforms,
  send,
  settingsOf,
  stored,
  table,
  withField,
} from './send.mjs'

const dayMs = 86_400_000
const span = (ms) =>
  ms % dayMs === 0 && ms > 2 * dayMs
    ? `${ms / dayMs} days`
    : ms % 3_600_000 === 0
      ? `${ms / 3_600_000} hours`
      : `${ms / 60_000} minutes`

/** Each standard event as it is named on the wire. */
export function nameTable() {
  const cell = (event, column) => {
    const sent = send(event, column)
    if ('skip' in sent) return `— ${code(sent.skip)}`
    const { event_name: name, type, event_type } = sent.payload
    const { tracking_type: kind, custom_event_name: custom } = type ?? event_type ?? {}
    return custom ? `${code(kind)}, ${code(custom)}` : code(name ?? kind)
  }
  return table(
    ['Event', ...columns.map(({ title }) => title)],
    [...canonicalNames, 'quote_asked'].map((name) => {
      const event = stored({ ...full, event: name })
      return [
        name === 'quote_asked' ? `any other, such as ${code(name)}` : code(name),
        ...columns.map((one) => cell(event, one)),
      ]
    }),
  )
}

/** Our action sources in each platform's words. */
export const sourceTable = () =>
  table(
    ['Action source', ...platforms.map(({ title }) => title), ...platforms.map(({ title }) => `${title}: oldest`)],
    actionSources.map((source) => {
      const event = stored({ ...full, action_source: source })
      return [
        code(source),
        ...platforms.map(({ destination }) => code(destination.actionSources[source])),
        ...platforms.map((one) => span(one.destination.limits.maxAgeMs(event, settingsOf(one)))),
      ]
    }),
  )

/** Counts and times. */
export function limitTable() {
  const event = stored(full)
  const ahead = (column) => {
    const minutes = Array.from({ length: 61 }, (_, minute) => minute)
    const last = minutes.findLast((minute) => !('skip' in send(event, column, {}, eventTime - minute * 60_000)))
    const clock = eventTime - last * 60_000
    const early = [...leaves(send(event, column, {}, clock).payload).values()].flat()
    if (early.includes(clock) || early.includes(clock / 1000)) return 'sent with the collector’s time'
    return `${last} minutes, then ${code(send(event, column, {}, eventTime - (last + 1) * 60_000).skip)}`
  }
  const rows = [
    ['Events in a request, by default', ({ destination }) => destination.limits.batch.usual],
    ['Events in a request, at most', ({ destination }) => destination.limits.batch.most],
    ['Time in which it is paired with the pixel’s hit', ({ destination }) => span(destination.limits.pairingMs)],
    ['How far ahead of the collector’s clock', ahead],
  ]
  return table(
    ['', ...platforms.map(({ title }) => title)],
    rows.map(([title, cell]) => [title, ...platforms.map(cell)]),
  )
}

/** What an event without a part comes to: the reason why it is not sent, or what else is missing then. */
export function requiredTable() {
  const other = { ...full, event: 'add_to_cart' }
  const nobody = { ...full, user: undefined, context: undefined }
  const without = (input, ...fields) => fields.reduce((event, field) => withField(event, field), input)
  const rows = [
    ['`url`, of a website event', without(full, 'url')],
    ['`url`, of an event from elsewhere', without({ ...full, action_source: 'other' }, 'url')],
    ['`value`, of a purchase', without(full, 'value')],
    ['`value` and prices, of a purchase', without(full, 'value', 'items')],
    ['`value`, of any other event', without(other, 'value')],
    ['`currency`, of a purchase', without(full, 'currency')],
    ['`currency`, of any other event', without(other, 'currency')],
    ['a `currency` the platform knows, of a purchase (here `AFN`)', { ...full, currency: 'AFN' }],
    ['a `currency` of this world, of a purchase (here `XYZ`)', { ...full, currency: 'XYZ' }],
    ['a name the platform knows', { ...full, event: 'quote_asked' }],
    ['anything about who it was', nobody],
  ]
  const complete = new Map([full, other].map((input) => [input.event, stored(input)]))
  return table(
    ['Without', ...columns.map(({ title }) => title)],
    rows.map(([title, input]) => {
      const event = stored(input)
      return [
        title,
        ...columns.map((column) => {
          const sent = send(event, column)
          if ('skip' in sent) return code(sent.skip)
          const before = leaves(send(complete.get(input.event) ?? complete.get('purchase'), column).payload)
          const gone = [...before.keys()].filter(
            (path) => /value|currency/.test(path) && !leaves(sent.payload).has(path),
          )
          return gone.length ? `goes without ${list(gone)}` : 'goes'
        }),
      ]
    }),
  )
}

/** Which parts tell a platform who it was, all by themselves. */
export function matchTable() {
  const pick = (...fields) =>
    fields.reduce(
      (event, field) =>
        withField(
          event,
          field,
          field.split('.').reduce((at, key) => at?.[key], full),
        ),
      {
        ...full,
        user: undefined,
        context: undefined,
      },
    )
  const rows = [
    ...['email', 'phone', 'external_id', 'first_name', 'date_of_birth', 'city', 'zip', 'gender'].map((field) => [
      `user.${field}`,
    ]),
    ['user.first_name', 'user.last_name'],
    ['user.first_name', 'user.gender'],
    ['context.click_ids.fbclid'],
    ['context.click_ids.rdt_cid'],
    ['context.click_ids.ScCid'],
    ...['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid'].map((name) => [`context.cookies.${name}`]),
    ['context.advertising_id', 'context.os'],
    ['context.ip'],
    ['context.user_agent'],
    ['context.ip', 'context.user_agent'],
    ['context.ip', 'context.user_agent', 'context.screen_width', 'context.screen_height'],
  ]
  const cell = (fields, column) => {
    const enough = actionSources.filter(
      (source) => !('skip' in send(stored({ ...pick(...fields), action_source: source }), column)),
    )
    if (!enough.length) return 'no'
    const others = actionSources.filter((source) => !enough.includes(source))
    if (!others.length) return 'yes'
    return others.length < enough.length ? `yes, but not ${list(others)}` : `${list(enough)} alone`
  }
  return table(
    ['This alone', ...platforms.map(({ title }) => title)],
    rows.map((fields) => [fields.map(code).join(', '), ...platforms.map((column) => cell(fields, column))]),
  )
}

/** Versions of each platform's API, newest first. */
export const versionTable = () =>
  table(
    ['Platform', 'Version', 'State'],
    platforms.flatMap(({ title, destination: { versions } }) =>
      versions.known.map(({ name, until, deprecated }) => {
        const end = until ? `ends on ${until}` : deprecated ? 'deprecated, no last day named' : 'no end announced'
        return [title, code(name), name === versions.usual ? `used unless settings say otherwise; ${end}` : end]
      }),
    ),
  )
