import { el } from '../../dom.ts'
import { feed } from '../../feed.ts'
import { reasons } from '../../../../../shared/reasons.ts'
import { addressOf } from '../../route.ts'
import type { Place } from '../../route.ts'
import { deliveryWords, eventWords, pairWords } from '../../words.ts'

const copyWords = {
  duplicate: 'With duplicates',
  late: 'With a late copy',
  joined: 'With a joined copy',
  conflict: 'In conflict',
} as const

/** Filters stand in the address: what one sees can be sent to somebody. */
export function filterBar(place: Place): HTMLElement {
  const rows = [...feed.rows.values()]
  const among = (values: readonly string[], chosen: string | undefined) =>
    Object.fromEntries([...new Set([...values, ...(chosen ? [chosen] : [])])].sort().map((one) => [one, one]))
  const { query } = place
  const sites = among(
    rows.map(({ site }) => site),
    query.site,
  )
  const events = among(
    rows.map(({ name }) => name),
    query.event,
  )
  const instances = among(
    rows.flatMap(({ deliveries }) => deliveries.map(({ instance }) => instance)),
    query.instance,
  )
  const reasonWords = Object.fromEntries(Object.entries(reasons).map(([reason, { text }]) => [reason, text]))
  const anyChosen = Object.keys(query).some((name) => name !== 'range')
  return el(
    'form',
    {
      class: 'filters',
      role: 'search',
      'data-key': 'filters',
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault()
        go(event.currentTarget as HTMLFormElement)
      },
      onchange: ({ currentTarget }: Event) => go(currentTarget as HTMLFormElement),
    },
    el('input', {
      type: 'search',
      name: 'event_id',
      'aria-label': 'Find an event ID',
      placeholder: 'Find an event ID or order number',
      maxlength: '128',
      autocomplete: 'off',
      spellcheck: 'false',
      value: query.event_id ?? '',
      'data-key': `event_id ${query.event_id ?? ''}`,
    }),
    Object.keys(sites).length > 1 && select('site', 'Site', 'All sites', sites, query.site),
    select(
      'event',
      'Event',
      'All events',
      Object.fromEntries(Object.keys(events).map((name) => [name, eventWords(name)])),
      query.event,
    ),
    select('instance', 'Destination', 'All destinations', instances, query.instance),
    select('pair', 'Pair state', 'Any pairing', pairWords, query.pair),
    select('state', 'Delivery', 'Any delivery', deliveryWords, query.state),
    select('reason', 'Reason', 'Any reason', reasonWords, query.reason),
    select('result', 'Copies', 'Any copies', copyWords, query.result),
    anyChosen && el('a', { href: addressOf('events') }, 'Clear all'),
  )
}

function go(form: HTMLFormElement) {
  const chosen = [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : ''])
  location.hash = addressOf('events', Object.fromEntries(chosen) as Record<string, string>)
}

/** The key holds what is chosen, so that a choice made by the address replaces one made by hand. */
const select = (
  name: string,
  label: string,
  all: string,
  options: Readonly<Record<string, string>>,
  chosen = '',
): HTMLElement =>
  el(
    'select',
    { name, 'aria-label': label, 'data-key': `${name} ${chosen}`, class: chosen ? 'chosen' : undefined },
    el('option', { value: '' }, all),
    ...Object.entries(options).map(([value, words]) => el('option', { value, selected: value === chosen }, words)),
  )
