import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bestCopy } from '../../server/pair/best-copy.ts'
import { consentHold, isAddressed, pixelHold } from '../../server/pair/may-forward.ts'
import { pairState } from '../../server/pair/pair-state.ts'
import { aKeptCopy, anEvent } from '../make.ts'

const digest = (letter: string) => letter.repeat(64)
const browser = aKeptCopy({
  event: anEvent({
    value: 9,
    items: undefined,
    context: {
      ip: '203.0.113.7',
      user_agent: 'browser',
      screen_width: 1440,
      click_ids: { fbclid: { value: 'click' } },
      cookies: { _fbp: 'fb.1.1.1' },
    },
    keys: {
      meta: { em: [digest('a')] },
      reddit: { conversion_id: [digest('c')], ip_address: [digest('1')] },
      snapchat: {},
    },
  }),
})
const backend = aKeptCopy({
  kind: 'backend',
  origin: 'api',
  receivedAt: browser.receivedAt + 60_000,
  event: anEvent({
    event_time: anEvent().event_time + 5000,
    url: 'https://api.example/',
    value: 10,
    items: [{ id: 'A' }],
    context: { ip: '198.51.100.1', user_agent: 'server', cookies: { _scid: 's' } },
    keys: {
      meta: { em: [digest('b'), digest('a')], ph: [digest('p')] },
      reddit: { conversion_id: [digest('c')], ip_address: [digest('2')] },
      snapchat: {},
    },
  }),
})

test('a platform may have any name, and nothing else is touched', () => {
  const before = Object.keys(Object)
  const platform = { constructor: { leak: 1 } } as unknown as Record<string, Record<string, unknown>>
  expect(bestCopy('e', [{ ...browser, event: { ...browser.event!, platform } }])?.event.platform).toEqual(platform)
  expect(Object.keys(Object)).toEqual(before)
})

describe('a platform’s own keys of two copies', () => {
  type Extras = Record<string, unknown>
  const joined = (page: Extras | undefined, back: Extras | undefined) =>
    bestCopy('e', [
      { ...browser, event: { ...browser.event!, platform: page && { reddit: page } } },
      { ...backend, event: { ...backend.event!, platform: back && { reddit: back, meta: { opt_out: true } } } },
    ])?.event.platform?.reddit
  test.each<[string, Extras | undefined, Extras | undefined, Extras]>([
    ['unite', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['the back end’s word stands', { a: 1 }, { a: 2 }, { a: 2 }],
    ['from the page alone', { a: 1 }, undefined, { a: 1 }],
    [
      'limits of the page hold',
      { data_processing_options: ['LDU'] },
      { item_count: 2 },
      { data_processing_options: ['LDU'], item_count: 2 },
    ],
    [
      'limits go before none',
      { data_processing_options: ['LDU'] },
      { data_processing_options: [] },
      { data_processing_options: ['LDU'] },
    ],
    ['under any name', { constructor: 1 }, { toString: 2 }, { constructor: 1, toString: 2 }],
    ['one opt-out is enough', { opt_out: true }, { opt_out: false }, { opt_out: true }],
  ])('%s', (_, page, back, want) => expect(joined(page, back)).toEqual(want))
})

describe('the best copy', () => {
  const best = bestCopy('order-1', [browser, backend])
  test('the browser is believed for where and who was looking', () => {
    expect(best?.event).toMatchObject({ url: 'https://shop.example/thanks', event_time: anEvent().event_time })
    expect(best?.event.context).toEqual({
      ip: '203.0.113.7',
      user_agent: 'browser',
      screen_width: 1440,
      click_ids: { fbclid: { value: 'click' } },
      cookies: { _fbp: 'fb.1.1.1', _scid: 's' },
    })
    expect(best?.event.keys.reddit.ip_address).toEqual([digest('1')])
  })
  test('the back end is believed for the order', () => {
    expect(best?.event).toMatchObject({ value: 10, items: [{ id: 'A' }] })
    expect(best?.origins).toMatchObject({ value: 'backend', ip: 'browser', url: 'browser' })
  })
  test('digests are united, the back end’s first', () =>
    expect(best?.event.keys.meta).toEqual({ em: [digest('b'), digest('a')], ph: [digest('p')] }))
  test('a copy that joined by its order lends all but its own conversion ID', () => {
    const other = aKeptCopy({
      kind: 'backend',
      event: anEvent({ event_id: 'other', keys: { meta: {}, reddit: { conversion_id: [digest('x')] }, snapchat: {} } }),
    })
    expect(bestCopy('order-1', [other, browser])?.event.keys.reddit.conversion_id).toEqual([digest('c')])
    expect(bestCopy('order-1', [other, browser])?.event.event_id).toBe('order-1')
  })
  test('once sent, a later browser copy no longer moves the time', () =>
    expect(
      bestCopy(
        'order-1',
        [
          { ...backend, receivedAt: 1 },
          { ...browser, receivedAt: 3 },
        ],
        2,
      )?.event.event_time,
    ).toBe(backend.event?.event_time))
  test('one copy that asks for limits is enough', () =>
    expect(
      bestCopy('order-1', [
        aKeptCopy({ event: anEvent({ consent: { state: 'granted' } }) }),
        aKeptCopy({ kind: 'backend', event: anEvent({ consent: { limited: true } }) }),
      ])?.event.consent?.limited,
    ).toBe(true))
  test('no usable copy, no event', () => expect(bestCopy('order-1', [aKeptCopy({ event: undefined })])).toBeUndefined())
  test('which kind came first does not matter', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([browser, backend], { minLength: 2 }), (copies) => {
        expect(bestCopy('order-1', copies)?.event).toEqual(best?.event)
      }),
    )
  })
})

const meta = { name: 'shop/meta', platform: 'meta', pixel_id: '11aB' } as const
describe('may it be forwarded', () => {
  test.each([
    ['no list: everywhere', undefined, true],
    ['by platform', ['meta'], true],
    ['by name', ['shop/meta'], true],
    ['by its pixel’s ID', ['11aB'], true],
    ['by its pixel’s ID in capitals', ['11AB'], true],
    ['by another pixel’s ID', ['22cd'], false],
    ['another', ['reddit'], false],
    ['nowhere', [], false],
  ])('to: %s', (_, to, expected) => expect(isAddressed(to, meta)).toBe(expected))
  test.each([
    ['nothing said', undefined, undefined],
    ['granted', { state: 'granted' }, undefined],
    ['denied', { state: 'denied' }, 'consent_denied'],
    ['denied for the platform', { state: 'granted', per: { meta: 'denied' } }, 'consent_denied'],
    ['granted for the platform alone', { state: 'denied', per: { meta: 'granted' } }, undefined],
  ] as const)('consent: %s', (_, consent, reason) => expect(consentHold(consent, meta)?.reason).toBe(reason))
  test.each([
    ['the page sent it without an ID', 'unmatched', {}, 'pixel_unmatched'],
    ['unless the setting wants it', 'unmatched', { forward_unmatched: true }, undefined],
    ['called with our ID', 'called', {}, undefined],
    ['blocked', 'blocked', {}, undefined],
    ['nobody knows', undefined, {}, undefined],
  ] as const)('pixel: %s', (_, pixel, setting, reason) =>
    expect(pixelHold(pixel, { ...meta, ...setting })?.reason).toBe(reason),
  )
})

describe('pair states', () => {
  test.each([
    ['both halves met', 'meta', 'requested', { state: 'delivered' }, 'paired'],
    ['an answered hit', 'reddit', 'sent', { state: 'delivered' }, 'paired'],
    [
      'Snapchat’s call on a live library is all there is to see',
      'snapchat',
      'called',
      { state: 'delivered' },
      'paired',
    ],
    ['a call without a hit', 'meta', 'called', { state: 'delivered' }, 'capi-only'],
    ['a blocked pixel', 'meta', 'blocked', { state: 'delivered' }, 'capi-only'],
    ['no browser copy', 'meta', undefined, { state: 'delivered' }, 'capi-only'],
    ['hit, and not delivered', 'meta', 'requested', { state: 'dead', reason: 'rejected_by_platform' }, 'pixel-only'],
    [
      'the page’s own call without an ID',
      'meta',
      'unmatched',
      { state: 'suppressed', reason: 'pixel_unmatched' },
      'pixel-only',
    ],
    ['not yet', 'meta', 'requested', { state: 'pending' }, 'waiting'],
    ['neither half', 'meta', 'absent', { state: 'suppressed', reason: 'no_match_key' }, 'neither'],
  ] as const)('%s', (_, platform, pixel, delivery, state) => {
    const view = pairState(platform, pixel, delivery)
    expect(view.state).toBe(state)
    expect(view.why).toMatch(/^[A-Z].*\.$/)
  })
})
