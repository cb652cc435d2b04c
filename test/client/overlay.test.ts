import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import limited from '../../client/features/limited.ts'
import tagPixels from '../../client/features/tag-pixels.ts'
import type { Feature, Kit } from '../../client/kit.ts'
import { mask } from '../../client/overlay/mask.ts'
import { addPlatforms, closePage, newPage, setGlobal, settle, start } from './page.ts'

let overlay: typeof import('../../client/overlay/index.ts')
const lines: string[] = []
beforeEach(async () => {
  await newPage()
  overlay = await import('../../client/overlay/index.ts')
  vi.spyOn(console, 'info').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => {
  document.querySelector('pairpixel-debug')?.remove()
  sessionStorage.clear()
  closePage()
  lines.length = 0
})

const debug: Feature = (kit: Kit) => overlay.default(kit)
const open = (config: PixelConfig = {}, ...features: Feature[]) => start({ features: [...features, debug], ...config })
const root = () => document.querySelector('pairpixel-debug')?.shadowRoot
/** What it says after a while. */
async function says(ms = 1500): Promise<string> {
  await settle()
  vi.advanceTimersByTime(ms)
  await settle()
  vi.advanceTimersByTime(500)
  return root()?.textContent ?? ''
}

describe('what it says', () => {
  test.each<[string, () => void, PixelConfig, number, string]>([
    ['a platform that is missing', () => undefined, {}, 3000, 'No fbq function on this page: Meta'],
    ['a library that does not start', () => void addPlatforms(), {}, 6000, "Snapchat's library has not started"],
    ['a page that is not secure', () => setGlobal('isSecureContext', false), {}, 500, 'is not https'],
    ['the site key', () => undefined, { key: 'tea-shop' }, 500, 'tea-shop'],
    ['the collector', () => undefined, { endpoint: 'https://c.example/e' }, 500, 'https://c.example/e (another origin'],
    ['a platform the site has not', () => undefined, { pixels: { meta: [] } }, 3000, 'not used by this site'],
  ])('%s', async (_, prepare, config, ms, text) => {
    prepare()
    open(config)
    expect(await says(ms)).toContain(text)
  })

  test.each([
    ['gpp', 'The Global Privacy Platform says that the visitor objects: events are marked for limited use.'],
    ['gcm', 'Google Consent Mode allows no personalized ads: events are marked for limited use.'],
    ['our-tool', 'Asked for by our-tool: events are marked for limited use.'],
  ])('who limits the use of events: %s', async (source, text) => {
    const pixel = open({ consent: 'wait' }, consent, limited)
    pixel.consent('granted', { source })
    expect(await says()).not.toContain('limited use')
    pixel.consent('granted', { source, limited: true })
    expect(await says()).toContain(text)
  })

  test('a platform that the site has not is not missed', async () => {
    open({ pixels: { meta: [] } })
    expect(await says(6000)).not.toContain('No rdt function')
  })

  test.each([
    ['taken', 204, null, 'taken by the collector'],
    [
      'refused, with the reason',
      200,
      { refused: [{ index: 0, issues: [{ field: 'event', message: 'is empty' }] }] },
      'event is empty',
    ],
    ['refused as a whole', 403, { error: { message: 'Pages of this origin may not post.' } }, 'may not post.'],
  ])('an event that was %s', async (_, status, body, text) => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body && JSON.stringify(body), { status })))
    open().track('purchase', { value: 5, currency: 'EUR' })
    expect(await says()).toContain(text)
  })

  test('a collector that is not there', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    open().track('lead')
    expect(await says()).toContain('did not take the last post')
  })

  test.each([
    ['no value', { currency: 'EUR' }, 'has no value'],
    ['a value that is no number', { value: '1,299.00', currency: 'EUR' }, 'has no value'],
    ['no currency', { value: 5 }, 'has no currency'],
  ])('a purchase with %s', async (_, props, text) => {
    open().track('purchase', props)
    expect(await says()).toContain(text)
  })

  test('an ID that cannot be used', async () => {
    open().track('lead', {}, { id: 'two words' })
    expect(await says()).toContain('"two words" cannot be used')
  })

  test('consent: waiting, refused, given', async () => {
    const pixel = open({}, consent)
    expect(await says()).toContain('Consent was not given yet')
    pixel.consent?.('denied')
    expect(await says()).toContain('Consent was refused')
    pixel.consent?.('granted')
    expect(await says()).toContain('granted, by api')
    expect(lines).toContain('pairpixel consent: granted (api)')
  })
})

test('never shows match keys, and click IDs only in part', async () => {
  document.cookie = '_fbp=fb.1.1700000000000.1234567890'
  const pixel = open()
  pixel.identify({ email: 'jane@shop.example' })
  pixel.track('lead')
  const text = await says()
  expect(text).toContain(mask('fb.1.1700000000000.1234567890'))
  expect(text + lines.join()).not.toMatch(/jane|1700000000000/)
})

test.each([
  ['abc', 'ab…'],
  ['0123456789ab', '012345…ab (12 characters)'],
])('%s is shown as %s', (value, shown) => expect(mask(value)).toBe(shown))

test('each decision is a line on the console', async () => {
  addPlatforms()
  open().track('purchase', { value: 5, currency: 'EUR' }, { id: 'o1' })
  await says()
  expect(lines.every((line) => line.startsWith('pairpixel '))).toBe(true)
  for (const line of ['purchase o1: told by the page', 'purchase o1: meta called', 'posted 1 event(s): 204'])
    expect(lines).toContain(`pairpixel ${line}`)
})

describe('the panel', () => {
  const press = (name: string): void => root()?.querySelector<HTMLElement>(`[aria-label=${name}]`)?.click()

  test('folds, moves, closes, and comes back when called', async () => {
    const pixel = open()
    await says()
    press('Fold')
    expect(root()?.querySelector<HTMLElement>('.body')?.hidden).toBe(true)
    press('Move')
    expect(document.querySelector<HTMLElement>('pairpixel-debug')?.dataset.at).toBe('bottom-left')
    expect(sessionStorage._ppd).toBe('pp_debug bottom-left folded')
    press('Close')
    expect([root(), sessionStorage._ppd]).toEqual([undefined, undefined])
    const said = lines.length
    pixel.track('lead')
    expect(await says()).toBe('')
    expect(lines).toHaveLength(said)
  })

  test.each(['0', 'off', 'false'])('data-debug="%s" shows nothing', async (debugSaid) => {
    open({ debug: debugSaid })
    expect(await says()).toBe('')
  })

  test('a hostile event name is text', async () => {
    open().track('<img src=x onerror=alert(1)>')
    expect(await says()).toContain('<img src=x onerror=alert(1)>')
    expect(root()?.querySelector('img')).toBeNull()
  })

  test('a page that lets nothing be added or kept hears no error', async () => {
    vi.spyOn(document, 'createElement').mockImplementation(() => {
      throw new Error('no')
    })
    const pixel = open()
    expect(() => pixel.track('lead', {}, { id: 'l1' })).not.toThrow()
    expect(await says()).toBe('')
  })
})

test.each<[string, object, PixelConfig['pixels']]>([
  ['none: as before', {}, undefined],
  ['one', { meta: '1' }, { meta: ['1'] }],
  ['several', { meta: '1, 2', snap: 'u' }, { meta: ['1', '2'], snapchat: ['u'] }],
  ['a platform whose ID nobody needs', { reddit: '' }, { reddit: [] }],
])('pixels of the tag, %s', (_, attributes, expected) => {
  let found: PixelConfig['pixels']
  start({ ...attributes, features: [tagPixels, ({ siteConfig }) => (found = siteConfig.pixels)] })
  expect(found).toEqual(expected)
})
