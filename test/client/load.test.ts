import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import limited from '../../client/features/limited.ts'
import load from '../../client/features/load.ts'
import { closePage, newPage, start } from './page.ts'

/** Addresses of the scripts that were added to the page; nothing is fetched. */
let added: string[] = []

beforeEach(async () => {
  await newPage()
  added = []
  vi.spyOn(document.head, 'append').mockImplementation((script) => void added.push((script as HTMLScriptElement).src))
})
afterEach(() => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  closePage()
})

const pixels = { meta: ['111', '222'], reddit: ['a2_x'] }
const open = (config: PixelConfig = {}) =>
  start({ features: [consent, load, limited], consent: 'wait', pixels, ...config })
const listOf = (call: ArrayLike<unknown>): unknown[] => Array.from(call)
/** What the stubs keep for the libraries: Meta's calls, and Reddit's. */
const calls = () => {
  const { fbq, rdt } = window as unknown as Record<string, Record<string, ArrayLike<unknown>[]> | undefined>
  return { meta: fbq?.queue?.map(listOf), reddit: rdt?.callQueue?.map(listOf) }
}
const decimals = { useDecimalCurrencyValues: true }
const free = {
  meta: [
    ['init', '111'],
    ['init', '222'],
  ],
  reddit: [['init', 'a2_x', decimals]],
}
const withLimits = {
  meta: [['dataProcessingOptions', ['LDU'], 0, 0], ...free.meta],
  reddit: [['init', 'a2_x', { ...decimals, dpm: 'LDU' }]],
}
test('nothing is loaded before the yes, and all once after it', () => {
  const pixel = open()
  expect([added, calls()]).toEqual([[], { meta: undefined, reddit: undefined }])
  pixel.consent('granted')
  pixel.consent('granted')
  expect(added).toEqual(['https://connect.facebook.net/en_US/fbevents.js', 'https://www.redditstatic.com/ads/pixel.js'])
})

test.each<[string, (boolean | undefined)[], boolean, object]>([
  ['a full yes', [undefined], false, free],
  ['a yes with limits', [true], false, withLimits],
  ['limits first and a full yes then, as tools say that tell of each kind by itself', [true, false], false, free],
  ['a full yes first and limits then', [false, true], false, withLimits],
  ['a browser that asks for limits, whatever is said', [true, false], true, withLimits],
])('begun with what was said last: %s', (_name, said, gpc, expected) => {
  Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: gpc })
  const queue = said.map((limited) => ['consent', 'granted', { limited }])
  Object.assign(window, { pairpixel: { q: queue } })
  open()
  expect(calls()).toEqual(expected)
})

test('one of several who speak wishes for limits: that is enough, whoever speaks last', () => {
  const pixel = open()
  pixel.consent('unknown', { source: 'tcf' })
  pixel.consent('granted', { source: 'gcm', limited: true })
  pixel.consent('granted', { source: 'tcf' })
  expect(calls()).toEqual(withLimits)
})
