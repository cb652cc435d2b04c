import { webcrypto } from 'node:crypto'
import { vi } from 'vitest'
import type { Pairpixel, PixelConfig } from '../../client/api.ts'
import type { Feature } from '../../client/kit.ts'
import type { WireEvent, WireProof } from '../../client/wire.ts'
import { spellOut } from '../../shared/pixel-event.ts'

/** An event as the collector reads it, spelled out. */
export type PostedEvent = Omit<WireEvent, 'screen' | 'click_ids' | 'cookies' | 'props'> &
  Partial<Record<'value' | 'currency' | 'order_id' | 'search_string', unknown>> & {
    readonly items?: readonly Record<string, unknown>[]
    readonly user?: Record<string, unknown>
    readonly context?: {
      readonly screen_width?: number
      readonly screen_height?: number
      readonly click_ids?: Partial<Record<string, { readonly value: string; readonly at: number }>>
      readonly cookies?: Readonly<Record<string, string>>
    }
    readonly props?: Record<string, unknown>
  } & Record<string, unknown>

export interface Posted {
  readonly url: string
  readonly by: 'fetch' | 'beacon'
  readonly init?: RequestInit
  readonly text: string
  readonly body: {
    readonly v: number
    readonly site: string
    readonly sent_at: number
    readonly events?: readonly PostedEvent[]
    readonly proofs?: readonly WireProof[]
    readonly pixels?: Readonly<Record<string, string>>
  }
}

/** What the page under test has posted, oldest first. */
export const posted: Posted[] = []
export const postedEvents = () => posted.flatMap(({ body }) => body.events ?? [])
export const postedProofs = () => posted.flatMap(({ body }) => body.proofs ?? [])

const dom = (globalThis as unknown as { jsdom: { reconfigure(settings: { url: string }): void } }).jsdom
const page = window as unknown as Record<string, unknown>
export const setGlobal = (name: string, value: unknown): void => void (page[name] = value)

let onEntries: ((entries: { name: string }[]) => void) | undefined
/** The browser tells of loaded resources. */
export const resourceLoaded = (...urls: string[]): void => onEntries?.(urls.map((name) => ({ name })))
/** A script element of the page fails. */
export function scriptFails(src: string): void {
  const script = document.createElement('script')
  // Not appended: the test environment would go and fetch it.
  Object.defineProperty(script, 'src', { value: src })
  const event = new Event('error')
  Object.defineProperty(event, 'target', { value: script })
  window.dispatchEvent(event)
}

/** What the pixel listens to, so that a closed page hears no more. */
const listening: (() => void)[] = []
const targets = [window, document].map((target: EventTarget) => ({ target, add: target.addEventListener.bind(target) }))
const noteListeners = (): void => {
  for (const { target, add } of targets)
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
      add(type, listener, options)
      listening.push(() => target.removeEventListener(type, listener, options))
    })
}

/** The same of what watches the document. */
const noteObservers = (): void => {
  const { MutationObserver } = globalThis
  vi.stubGlobal(
    'MutationObserver',
    class extends MutationObserver {
      constructor(tell: MutationCallback) {
        super(tell)
        listening.push(() => this.disconnect())
      }
    },
  )
}

/** Keeps what was posted, its events as the collector reads them. */
export const record = (by: Posted['by'], url: string, text: string, init?: RequestInit): void => {
  const sent = JSON.parse(text) as { readonly events?: readonly unknown[] } & Posted['body']
  const events = sent.events?.map((event) => spellOut(event) as PostedEvent)
  posted.push({ url, by, text, body: { ...sent, ...(events && { events }) }, ...(init && { init }) })
}

let script: typeof import('../../client/pixel.ts')
let usual: readonly Feature[] = []
/** The page is loaded again, and our script with it: what the script kept in its own variables is gone. */
export async function reloadPage(): Promise<void> {
  for (const name of ['pairpixel', 'fbq', 'rdt', 'snaptr']) Reflect.deleteProperty(page, name)
  vi.resetModules()
  script = await import('../../client/pixel.ts')
  const [once, proof] = await Promise.all([
    import('../../client/features/once.ts'),
    import('../../client/features/proof.ts'),
  ])
  usual = [once.default, proof.default]
}

/** For `beforeEach`: a fresh page with a fresh script. */
export async function newPage(): Promise<void> {
  openPage()
  await reloadPage()
}

/** A fresh page at this address: nothing stored, no pixel, recording network. Clocks stand still until told. */
export function openPage(url = 'https://www.shop.com/'): void {
  vi.useFakeTimers({
    now: Date.parse('2026-11-21T10:00:00Z'),
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
  })
  dom.reconfigure({ url })
  for (const name of ['pairpixel', 'fbq', 'rdt', 'snaptr']) Reflect.deleteProperty(page, name)
  localStorage.clear()
  for (const cookie of document.cookie.split('; '))
    for (const domain of ['', ';domain=shop.com', ';domain=www.shop.com'])
      document.cookie = `${cookie.split('=')[0] ?? ''}=;path=/;max-age=0${domain}`
  setGlobal('isSecureContext', true)
  // What every browser says that a person uses.
  Object.defineProperty(navigator, 'webdriver', { configurable: true, value: false })
  onEntries = undefined
  noteListeners()
  noteObservers()
  vi.stubGlobal('fetch', (to: URL, init: RequestInit) => {
    record('fetch', String(to), init.body as string, init)
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  navigator.sendBeacon = (to, text) => {
    record('beacon', String(to), text as string)
    return true
  }
  vi.stubGlobal(
    'PerformanceObserver',
    class {
      readonly tell: (list: { getEntries(): { name: string }[] }) => void
      constructor(tell: (list: { getEntries(): { name: string }[] }) => void) {
        this.tell = tell
      }
      observe() {
        onEntries = (entries) => this.tell({ getEntries: () => entries })
      }
    },
  )
}

/** Ends what the page left running and brings its globals back. */
export function closePage(): void {
  for (const stop of listening.splice(0)) stop()
  for (const name of ['cookie', 'hidden', 'referrer']) Reflect.deleteProperty(document, name)
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  posted.length = 0
}

/** A script that has loaded, and not had a task of its own yet. */
export const load = (config: PixelConfig = {}): Pairpixel =>
  script.startPixel({ key: 'shop', auto: '0', ...config }, 'https://www.shop.com/_p/p.js', config.features ?? usual)
/** The same, and the task in which it begins. */
export function start(config?: PixelConfig): Pairpixel {
  const pixel = load(config)
  vi.advanceTimersByTime(0)
  return pixel
}

/** Digests under way: threads of their own make them, in no order. */
const making = new Set<Promise<unknown>>()
const { subtle } = webcrypto
const digest = subtle.digest.bind(subtle)
subtle.digest = (...call) => {
  const made = digest(...call)
  making.add(made)
  const end = (): unknown => making.delete(made)
  void made.then(end, end)
  return made
}

/** Lets what was handed to microtasks run, digests included. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) {
    await webcrypto.subtle.digest('SHA-256', new Uint8Array(turn))
    await Promise.allSettled(making)
    await new Promise((done) => setImmediate(done))
  }
}

/** What `document` answers under this name, until the page is closed. */
export const setDocument = (name: 'hidden' | 'referrer', value: unknown): void =>
  void Object.defineProperty(document, name, { configurable: true, value })
export const leavePage = (): void => void window.dispatchEvent(new Event('pagehide'))

/** The state that an event was posted with. */
export const firedOf = (id: string) => postedEvents().find((event) => event.event_id === id)?.fired

/** Functions of the three platforms, which keep what they are called with. */
export function addPlatforms() {
  const functions = { fbq: vi.fn(), rdt: vi.fn(), snaptr: vi.fn() }
  for (const [name, fn] of Object.entries(functions)) setGlobal(name, fn)
  return functions
}
