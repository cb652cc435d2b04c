import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { accounts, startSimulators, type Started } from './start.ts'

type Command = ((...args: unknown[]) => void) & Record<string, unknown>
export type Page = Window &
  Record<'fbq' | '_fbq' | 'rdt' | 'snaptr', Command> & {
    Event: typeof Event
    timers: [run: () => void, ms: number][]
  }
interface Dom {
  readonly window: Page
}
// jsdom brings no types of its own.
const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
  JSDOM: new (html: string, options: object) => Dom
}

let started: Started
let dom: Dom | undefined

/** One set of simulators for the tests of a file, emptied before each; the page of a test is closed after it. */
export function useSimulators(): void {
  beforeAll(async () => {
    started = await startSimulators()
  })
  beforeEach(() => {
    for (const name of ['meta', 'reddit', 'snapchat'] as const) started.simulators[name].reset()
  })
  afterEach(() => dom?.window.close())
  afterAll(() => started.stop())
}

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
export const second = '22222222-2222-4333-8444-555555555555'
export const ids = { meta: accounts.meta.pixelId, reddit: accounts.reddit.pixelId, snapchat: accounts.snapchat.pixelId }

/** What sits in a page before the library is there: a function that keeps its calls. */
const stubs = `
  var fbq = window.fbq = window._fbq = function () { fbq.callMethod ? fbq.callMethod.apply(fbq, arguments) : fbq.queue.push(arguments) }
  fbq.push = fbq; fbq.loaded = true; fbq.version = '2.0'; fbq.queue = []
  var rdt = window.rdt = function () { rdt.sendEvent ? rdt.sendEvent.apply(rdt, arguments) : rdt.callQueue.push(arguments) }
  rdt.callQueue = []
  var snaptr = window.snaptr = function () { snaptr.handleRequest ? snaptr.handleRequest.apply(snaptr, arguments) : snaptr.queue.push(arguments) }
  snaptr.queue = []`
const libraries = { meta: '/meta/fbevents.js', reddit: '/reddit/pixel.js', snapchat: '/snap/scevent.min.js' } as const
export type Name = keyof typeof libraries

/** A page with the stub, some calls, and the library after them; resolves when all is loaded. */
export async function open(
  name: Name,
  calls: string,
  { url = 'http://www.shop.example/', copies = 1 } = {},
): Promise<Page> {
  const library = `<script src="${started.origin}${libraries[name]}"></script>`.repeat(copies)
  dom = new JSDOM(`<!doctype html><head><script>${stubs};${calls}</script>${library}</head>`, {
    url,
    referrer: 'http://search.example/',
    runScripts: 'dangerously',
    resources: 'usable',
    beforeParse: prepare,
  })
  const { window } = dom
  if (window.document.readyState !== 'complete')
    await new Promise((done) => window.addEventListener('load', done, { once: true }))
  return window
}

/** What jsdom lacks: pictures that are fetched, beacons, a screen with sides, and a clock we turn. */
function prepare(window: Page): void {
  const load = (url: string, init: RequestInit = {}): void => void fetch(url, init)
  const timers: [() => void, number][] = []
  const parts = {
    timers,
    Image: class {
      set src(url: string) {
        load(url)
      }
    },
    fetch,
    TextEncoder,
    setTimeout: (run: () => void, ms: number) => timers.push([run, ms]),
    clearTimeout: () => undefined,
  }
  Object.assign(window, parts)
  Object.defineProperty(window, 'screen', { value: { width: 1440, height: 2000 } })
  Object.defineProperty(window.navigator, 'sendBeacon', {
    value: (url: string, body: unknown) => {
      load(url, { method: 'POST', body: typeof body === 'string' ? body : new URLSearchParams(String(body)) })
      return true
    },
  })
}

export const runTimers = (window: Page, ms: number): void => {
  for (const [run, after] of window.timers.splice(0)) if (after <= ms) run()
}

export const hits = (name: Name) => started.simulators[name].state().hits
export const waitForHits = (name: Name, count: number) =>
  expect.poll(() => hits(name).length, { timeout: 30_000 }).toBe(count)

export const cookies = (window: Page): Record<string, string> =>
  Object.fromEntries(window.document.cookie.split('; ').map((pair) => pair.split('=') as [string, string]))

export const counted = (name: Name) => started.simulators[name].state().counted
