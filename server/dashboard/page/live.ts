import { el, part } from './dom.ts'
import { eventCard } from './event-card.ts'
import { keyOf } from './rows.ts'
import type { Row, Setup, Totals } from './rows.ts'
import { showEmpty, showFilters, showTotals } from './totals-view.ts'
import type { PairFilter } from './totals-view.ts'

const mostRows = 200
const conversions = new Set(['purchase', 'generate_lead', 'sign_up', 'subscribe', 'start_trial', 'donate'])

const known = new Map<string, Row>()
const drawn = new Map<string, { readonly text: string; readonly item: HTMLLIElement }>()
/** What the visitor opened or closed; the rest follows `opensByItself`. */
const chosenOpen = new Map<string, boolean>()
let opensByItself: string | undefined
let filter: PairFilter
let found: readonly Row[] | undefined
let setup: Setup = { instances: [] }
let heard = false

const isOpen = (control: string): boolean => chosenOpen.get(control) ?? control === opensByItself
const newestFirst = (rows: Iterable<Row>): Row[] => [...rows].sort((a, b) => b.firstAt - a.firstAt)

function draw() {
  const rows = found ?? newestFirst(known.values())
  showFilters(rows, filter, (state) => {
    filter = state
    draw()
  })
  const visible = rows.filter(({ deliveries }) => !filter || deliveries.some(({ pair }) => pair.state === filter))
  // The newest conversion stands open: what one came to see needs no click.
  const newest = visible.find(({ name }) => conversions.has(name)) ?? visible[0]
  opensByItself = newest && keyOf(newest)
  placeCards(visible)
  part('empty').hidden = visible.length > 0 || !heard
  if (!visible.length) showEmpty(setup, Boolean(filter ?? found))
}

/** Puts the cards in order and touches only those that changed, so that scroll, focus and open parts stay. */
function placeCards(rows: readonly Row[]) {
  const list = part('events')
  const focused = document.activeElement?.getAttribute('data-focus')
  const wanted = new Set<Element>()
  let before: Element | null = null
  for (const row of rows) {
    const item = cardFor(row)
    wanted.add(item)
    const place: Element | null = before ? before.nextElementSibling : list.firstElementChild
    if (place !== item) list.insertBefore(item, place)
    before = item
  }
  for (const item of [...list.children]) if (!wanted.has(item)) item.remove()
  if (focused && document.activeElement === document.body)
    list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
}

function cardFor(row: Row): HTMLLIElement {
  const key = keyOf(row)
  const text = JSON.stringify(row)
  const before = drawn.get(key)
  if (before?.text === text) {
    for (const details of before.item.querySelectorAll<HTMLDetailsElement>('details.event')) details.open = isOpen(key)
    return before.item
  }
  const item = eventCard(row, isOpen)
  if (!before && drawn.size && heard) item.classList.add('new')
  before?.item.replaceWith(item)
  drawn.set(key, { text, item })
  return item
}

function take(rows: readonly Row[]) {
  for (const row of rows) known.set(keyOf(row), row)
  for (const row of newestFirst(known.values()).slice(mostRows)) {
    known.delete(keyOf(row))
    drawn.delete(keyOf(row))
  }
  if (found) found = found.map((row) => known.get(keyOf(row)) ?? row)
  draw()
  heard = true
  part('empty').hidden = part('events').childElementCount > 0
}

function say(state: 'live' | 'away' | 'trouble', words: string) {
  part('status').replaceChildren(el('i', { class: state }), words)
}

async function find(eventId: string) {
  if (!eventId) found = undefined
  else {
    const answer = await fetch(`/admin/api/events?event_id=${encodeURIComponent(eventId)}`)
    found = answer.ok ? ((await answer.json()) as Row[]) : []
  }
  draw()
}

function listen() {
  const stream = new EventSource('/admin/api/stream')
  stream.addEventListener('events', (message: MessageEvent<string>) => {
    say('live', 'Live')
    take(JSON.parse(message.data) as Row[])
  })
  stream.addEventListener('counts', (message: MessageEvent<string>) => showTotals(JSON.parse(message.data) as Totals))
  stream.addEventListener('trouble', (message: MessageEvent<string>) =>
    say('trouble', (JSON.parse(message.data) as { message: string }).message),
  )
  stream.addEventListener('error', () => say('away', 'Connection lost, trying again'))
}

part('events').addEventListener('click', ({ target }) => {
  const details = target instanceof Element ? target.closest('summary')?.parentElement : undefined
  const control = details?.getAttribute('data-open')
  if (details instanceof HTMLDetailsElement && control) chosenOpen.set(control, !details.open)
})
part('find').addEventListener('submit', (event) => {
  event.preventDefault()
  void find((part('event-id') as HTMLInputElement).value.trim())
})
part('event-id').addEventListener('input', ({ target }) => {
  if (found && target instanceof HTMLInputElement && !target.value) void find('')
})

say('away', 'Connecting')
setup = (await (await fetch('/admin/api/setup')).json()) as Setup
listen()
