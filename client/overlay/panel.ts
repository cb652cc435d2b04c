import { attempt, safe } from '../safe.ts'
import { style } from './style.ts'
import type { EventView, Line, View } from './view.ts'

const places = ['bottom-right', 'bottom-left', 'top-left', 'top-right'] as const

/** How the overlay stood on the page before, as text: a place, and whether it was folded. */
export interface Stand {
  readonly read: () => string
  readonly write: (stand: string) => void
}

export interface Panel {
  readonly show: (view: View) => void
}

/** An element with text or children: text is always text, never HTML. */
const el = (tag: string, className: string, ...content: readonly (Node | string)[]): HTMLElement => {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...content)
  return element
}

/**
 * Puts the overlay into the page, in a shadow root with a style sheet of its own: no HTML is parsed and no style is
 * inline, so a strict content policy has nothing to forbid. It never takes the focus.
 */
export function createPanel(stand: Stand, onClose: () => void): Panel {
  const host = document.createElement('pairpixel-debug')
  const root = host.attachShadow({ mode: 'open' })
  addStyle(root)

  const status = el('span', 'status')
  status.setAttribute('role', 'status')
  const body = el('div', 'body')
  body.id = 'body'
  let at = Math.max(
    0,
    places.findIndex((place) => stand.read().includes(place)),
  )
  body.hidden = stand.read().includes('folded')

  const keep = (): void => stand.write(`${places[at]!}${body.hidden ? ' folded' : ''}`)
  const close = safe(() => {
    host.remove()
    onClose()
  })
  const move = button('Move', '⤢', () => {
    at = (at + 1) % places.length
    place()
  })
  const fold = button('Fold', '', () => {
    body.hidden = !body.hidden
    place()
  })
  fold.setAttribute('aria-controls', 'body')
  const place = (): void => {
    host.dataset.at = places[at]
    fold.textContent = body.hidden ? '+' : '–'
    label(fold, body.hidden ? 'Unfold' : 'Fold')
    fold.setAttribute('aria-expanded', String(!body.hidden))
    keep()
  }
  const panel = el(
    'section',
    'panel',
    el(
      'header',
      'head',
      el('span', 'name', 'Pairpixel'),
      status,
      el('span', 'space'),
      move,
      fold,
      button('Close', '×', close),
    ),
    body,
  )
  panel.setAttribute('aria-label', 'Pairpixel debug')
  // What is typed here is none of the page's business.
  panel.addEventListener('keydown', (event) => {
    event.stopPropagation()
    if (event.key === 'Escape') close()
  })
  root.append(panel)
  place()

  let last = ''
  const show = safe((view: View) => {
    if (!host.isConnected) (document.body ?? document.documentElement).append(host)
    const text = JSON.stringify(view)
    if (text === last) return
    last = text
    status.textContent = view.status.text
    status.className = `status ${view.status.tone}`
    refill(root, body, draw(view))
  })
  return { show }
}

/** Sheets made by script are no inline styles; browsers without them take an element where the page lets them. */
function addStyle(root: ShadowRoot): void {
  const done = attempt(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    root.adoptedStyleSheets = [sheet]
    return true
  })
  if (!done) root.append(el('style', '', style))
}

const label = (element: HTMLElement, name: string): void => {
  element.title = name
  element.setAttribute('aria-label', name)
}

function button(name: string, sign: string, onClick: () => void): HTMLElement {
  const element = el('button', '', sign)
  element.setAttribute('type', 'button')
  label(element, name)
  element.addEventListener('click', safe(onClick))
  return element
}

/** Other content in place of the old: what was open stays open, and the focus stays where it was. */
function refill(root: ShadowRoot, body: HTMLElement, content: readonly Node[]): void {
  const keyOf = (details: Element | null | undefined): string | undefined =>
    details?.getAttribute('data-key') ?? undefined
  const open = new Set(Array.from(body.querySelectorAll('details[open]'), keyOf))
  const focused = keyOf(root.activeElement?.closest('details'))
  const { scrollTop } = body
  body.replaceChildren(...content)
  for (const details of body.querySelectorAll('details')) {
    details.open = open.has(keyOf(details))
    if (focused && keyOf(details) === focused) details.querySelector('summary')?.focus({ preventScroll: true })
  }
  body.scrollTop = scrollTop
}

const draw = (view: View): Node[] => [
  ...view.findings.map(({ text, tone }) => el('div', `finding ${tone}`, text)),
  el('h2', '', 'Events on this page'),
  ...(view.events.length ? view.events.map(drawEvent) : [el('p', 'none', 'None so far.')]),
  ...view.sections.flatMap(({ title, lines }) => [el('h2', '', title), drawLines(lines)]),
]

function drawEvent({ key, title, aside, marks, lines }: EventView): HTMLElement {
  const details = el(
    'details',
    '',
    el(
      'summary',
      '',
      el('div', 'what', el('span', '', title), el('span', 'aside', aside)),
      el('div', 'marks', ...marks.map(({ label, text, tone }) => el('span', `mark ${tone}`, `${label ?? ''} ${text}`))),
    ),
    drawLines(lines),
  )
  details.dataset.key = key
  return details
}

const drawLines = (lines: readonly Line[]): HTMLElement =>
  lines[0]?.label
    ? el(
        'dl',
        '',
        ...lines.map(({ label = '', text, tone }) => el('div', 'row', el('dt', '', label), el('dd', tone, text))),
      )
    : el('p', 'none', lines.map(({ text }) => text).join(' '))
