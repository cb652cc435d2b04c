import { write } from './api.ts'
import type { Answer } from './api.ts'
import { el, part } from './dom.ts'
import { feed, hangUp, listen } from './feed.ts'
import { showNav } from './nav.ts'
import { after, button } from './parts/act.ts'
import { icon } from './parts/marks.ts'
import { patchChildren } from './patch.ts'
import { readPlace, takeToken } from './route.ts'
import type { Place } from './route.ts'
import type { Row } from './types.ts'
import type { Shown } from './view.ts'
import { views } from './views/index.ts'

/** While events come, a view reads anew at most this often; and now and then though none come, for time passes. */
const pace = { busyMs: 1000, idleMs: 10_000 }

let again: () => Promise<void> = () => Promise.resolve()
let timer: ReturnType<typeof setTimeout> | undefined
let drawing = false
let missed = false
let lastDrawn = ''

/** Opens the frame around the views. @param start begins again: log in, log out, session over */
export function openFrame(isDemo: boolean, start: () => Promise<void>) {
  again = start
  document.body.className = 'in'
  patchChildren(part('account'), [
    button('Log out', async () => {
      await write('logout', {})
      leave()
    }),
  ])
  if (isDemo) document.body.classList.add('demo')
  feed.heard = heard
  feed.lost = soon
  after.change = () => void draw()
  onhashchange = () => {
    takeToken()
    void draw()
  }
  document.onvisibilitychange = soon
  part('skip').onclick = (event) => {
    event.preventDefault() // the part behind # is the view's
    part('main').focus()
  }
  listen()
  void draw()
}

/** The session is over, or never was: nothing of it stays on the page. */
function leave() {
  hangUp()
  clearTimeout(timer)
  onhashchange = null
  feed.rows.clear()
  feed.totals = undefined
  lastDrawn = ''
  void again()
}

function heard(_rows: readonly Row[]) {
  const { kind, words } = feed.state
  patchChildren(part('status'), [el('i', { class: kind }), words])
  if (kind === 'live') soon(feed.hasTold ? pace.busyMs : 0)
}

let dueAt = Infinity
/** Draws after a while, sooner if somebody asks for it. */
function soon(inMs: unknown = 0) {
  const at = Date.now() + (typeof inMs === 'number' ? inMs : 0)
  if (at >= dueAt || document.hidden) return
  clearTimeout(timer)
  dueAt = at
  timer = setTimeout(() => void draw(), at - Date.now())
}

async function draw(): Promise<void> {
  if (drawing) {
    missed = true
    return
  }
  drawing = true
  missed = false
  const hash = location.hash
  const place = readPlace(hash)
  const view = Object.hasOwn(views, place.view) ? place.view : 'overview'
  const answer = await views[view]!.view({ ...place, view })
  drawing = false
  if (location.hash !== hash) return draw()
  if (!answer.ok && answer.status === 401) return leave()
  show({ ...place, view }, answer)
  dueAt = Infinity
  soon(missed ? 0 : pace.idleMs)
}

function show(place: Place, answer: Answer<Shown>) {
  const isNew = place.view !== lastDrawn
  const main = part('main')
  showNav(place)
  if (isNew) main.replaceChildren()
  lastDrawn = place.view
  if (!answer.ok) {
    // What was read before stays readable; on a view just opened there is only the sentence.
    const line = el('p', { class: 'away', 'data-key': 'away' }, icon('warn'), answer.message)
    if (isNew) patchChildren(main, [line])
    else if (!main.querySelector('.away')) main.prepend(line)
    else main.querySelector('.away')!.replaceWith(line)
    return
  }
  const { title, body, placed } = answer.value
  document.title = `${title} · Pairpixel`
  patchChildren(main, [...body])
  placed?.(main)
  if (isNew) {
    scrollTo(0, 0)
    // Who walks by keyboard or ear goes on from the new view's beginning.
    main.focus({ preventScroll: true })
  }
}
