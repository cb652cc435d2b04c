import { read } from '../api.ts'
import { el } from '../dom.ts'
import { number, times } from '../format.ts'
import { feed, keepNewest, newestFirst } from '../feed.ts'
import { button } from '../parts/act.ts'
import { viewHead } from '../parts/choice.ts'
import { placeRows } from '../parts/row-list.ts'
import { empty } from '../parts/pieces.ts'
import type { Place } from '../route.ts'
import { keyOf } from '../types.ts'
import type { Row } from '../types.ts'
import type { View } from '../view.ts'
import { filterBar } from './events/filter-bar.ts'
import { fits, localOnly } from './events/fits.ts'
import { eventLine } from './events/line.ts'

const mostRows = 500

/** What is shown, read once for a filter and kept up by the stream. */
const list = { of: '', rows: new Map<string, Row>(), paused: false, seen: new Map<string, Row>() }

/** The newest 500 events, as they come. */
export const eventsView: View = async (place) => {
  const { query } = place
  const filter = JSON.stringify(query)
  if (list.of !== filter) {
    const asked = Object.fromEntries(Object.entries(query).filter(([name]) => !localOnly.has(name)))
    const answer = await read('events', { ...asked, limit: String(mostRows) })
    if (!answer.ok) return answer
    list.rows = new Map(answer.value.filter((row) => fits(row, query)).map((row) => [keyOf(row), row]))
    list.of = filter
    list.seen = new Map(feed.rows)
  }
  const news = [...feed.rows].filter(([key, row]) => list.seen.get(key) !== row && fits(row, query))
  // A row that changed until it fits no more stays until the filter is chosen anew: nothing vanishes under the eye.
  if (!list.paused) {
    for (const [key, row] of feed.rows) if (fits(row, query) || list.rows.has(key)) list.rows.set(key, row)
    keepNewest(list.rows, mostRows)
    list.seen = new Map(feed.rows)
  }
  const rows = newestFirst(list.rows.values())
  return {
    ok: true,
    value: {
      title: 'Events',
      body: [
        viewHead('Events', pauseButton(news.length)),
        filterBar(place),
        el('p', { class: 'hint', 'data-key': 'count' }, countLine(rows.length, place)),
        el('ol', { id: 'events', 'data-own': 'rows', 'data-key': 'rows', 'aria-label': 'Events, newest first' }),
        rows.length === 0 && empty('No event fits', 'Choose less in the filters above, or wait for the next event.'),
      ],
      placed: (main) => placeRows(main.querySelector('#events')!, rows, keyOf, eventLine),
    },
  }
}

function pauseButton(waiting: number): HTMLElement {
  const words = list.paused ? (waiting ? `Resume (${number(waiting)} new)` : 'Resume') : 'Pause'
  return button(
    words,
    () => {
      list.paused = !list.paused
      window.dispatchEvent(new Event('hashchange'))
    },
    { 'aria-pressed': String(list.paused), class: 'button pause' },
  )
}

const countLine = (count: number, { query }: Place): string =>
  `${times(count, 'event')}${count >= mostRows ? ', the newest' : ''}${Object.keys(query).some((name) => name !== 'range') ? ' that fit' : ''}${list.paused ? '; paused, nothing is lost meanwhile' : ''}`
