import { webcrypto } from 'node:crypto'
import { vi } from 'vitest'
import type { Pairpixel, PixelConfig } from '../../client/api.ts'
import { startPixel } from '../../client/pixel.ts'
import type { WireEvent, WireProof } from '../../client/wire.ts'

export interface Posted {
  readonly url: string
  readonly by: 'fetch' | 'beacon'
  readonly init?: RequestInit
  readonly text: string
  readonly body: {
    readonly v: number
    readonly site: string
    readonly sent_at: number
    readonly events?: readonly (WireEvent & Record<string, unknown>)[]
    readonly proofs?: readonly WireProof[]
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

const record = (by: Posted['by'], url: string, text: string, init?: RequestInit): void =>
  void posted.push({ url, by, text, body: JSON.parse(text) as Posted['body'], ...(init && { init }) })

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
  onEntries = undefined
  noteListeners()
  vi.stubGlobal('fetch', (to: string, init: RequestInit) => {
    record('fetch', to, init.body as string, init)
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
  Reflect.deleteProperty(document, 'cookie')
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  posted.length = 0
}

export const start = (config: PixelConfig = {}): Pairpixel =>
  startPixel({ key: 'shop', auto: '0', ...config }, 'https://www.shop.com/_p/p.js')

/** Lets what was handed to microtasks run, digests included. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) {
    await webcrypto.subtle.digest('SHA-256', new Uint8Array(turn))
    await new Promise((done) => setImmediate(done))
  }
}

/** A platform's stub that keeps calls in a queue as the real one does. */
export function stubOf(queueName: 'queue' | 'callQueue') {
  const calls: ArrayLike<unknown>[] = []
  const stub = (...args: unknown[]) => void calls.push(args)
  return Object.assign(stub, { [queueName]: calls, calls })
}
