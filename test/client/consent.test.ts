import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Pairpixel, PixelConfig } from '../../client/api.ts'
import type { Kit } from '../../client/kit.ts'
import consent, { type ConsentOptions, type SayConsent } from '../../client/features/consent.ts'
import limited from '../../client/features/limited.ts'
import once from '../../client/features/once.ts'
import pairing from '../../client/features/pairing.ts'
import proof from '../../client/features/proof.ts'
import retry from '../../client/features/retry.ts'
import { addPlatforms, closePage, leavePage, newPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

const setGpc = (value: unknown): void =>
  void Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value })
/** Everything that was written to `document.cookie`. */
let cookieWrites: string[] = []

beforeEach(async () => {
  await newPage()
  history.replaceState(null, '', '/?fbclid=C')
  cookieWrites = []
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')!
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get: () => cookie.get!.call(document) as string,
    set(text: string) {
      cookieWrites.push(text)
      cookie.set!.call(document, text)
    },
  })
})
afterEach(() => {
  history.replaceState(null, '', '/')
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  closePage()
})

const open = (options: PixelConfig & ConsentOptions = {}): Pairpixel =>
  start({ features: [consent, proof, pairing, retry, limited], ...options })
const say = (pixel: Pairpixel, ...said: Parameters<SayConsent>): void => pixel.consent(...said)
const ids = () => postedEvents().map(({ event_id }) => event_id)
/** All that could be seen from outside. */
const traces = () => [posted.length, cookieWrites, Object.keys(localStorage)]
const pass = async (ms: number) => {
  vi.advanceTimersByTime(ms)
  await settle()
}

describe('while nobody has said anything', () => {
  test('no cookie, storage, network or call, whatever happens', async () => {
    const { fbq, rdt, snaptr } = addPlatforms()
    const pixel = open({ auto: '1' })
    pixel.track('Purchase', { order_id: 'o1', value: 1, currency: 'EUR' })
    pixel.identify({ email: 'a@shop.com' })
    pixel.flush()
    await pass(60_000)
    window.dispatchEvent(new Event('online'))
    leavePage()
    await settle()
    expect(traces()).toEqual([0, [], []])
    expect([fbq, rdt, snaptr].map((fn) => fn.mock.calls)).toEqual([[], [], []])
  })

  test('what the page itself calls passes, and leaves no trace of ours', async () => {
    const passed = vi.fn()
    setGlobal(
      'fbq',
      Object.assign(() => undefined, { callMethod: undefined, queue: [] as unknown[] }),
    )
    const pixel = open()
    const fbq = (window as unknown as { fbq: { queue: { push(call: unknown): void }; callMethod: unknown } }).fbq
    fbq.callMethod = passed
    ;(fbq.callMethod as (...call: unknown[]) => void)('track', 'Lead', {}, { eventID: 'seen' })
    await pass(60_000)
    expect(passed.mock.calls).toEqual([['track', 'Lead', {}, { eventID: 'seen' }]])
    expect(traces()).toEqual([0, [], []])
    say(pixel, 'granted')
    await pass(1000)
    expect(postedEvents().map(({ event_id, fired, consent: said }) => ({ event_id, fired, said }))).toEqual([
      { event_id: 'seen', fired: { meta: 'called' }, said: { state: 'granted', source: 'api' } },
    ])
  })
})

describe('a yes', () => {
  test('everything held happens, in order, with its own time and ID', async () => {
    const { fbq } = addPlatforms()
    const pixel = open()
    const at = Date.now()
    pixel.track('Lead', {}, { id: 'l1' })
    history.replaceState(null, '', '/later')
    await pass(7000)
    pixel.track('Search', {}, { id: 's1' })
    say(pixel, 'granted')
    await settle()
    expect(
      postedEvents().map(({ event_id, event_time, url, context }) => [
        event_id,
        event_time - at,
        new URL(url).pathname,
        context?.click_ids?.fbclid,
      ]),
    ).toEqual([
      ['l1', 0, '/', { value: 'C', at }],
      ['s1', 7000, '/later', { value: 'C', at }],
    ])
    expect(fbq.mock.calls.map(([command, name]: unknown[]) => [command, name])).toEqual([
      ['consent', 'grant'],
      ['track', 'Lead'],
      ['track', 'Search'],
    ])
    expect(document.cookie).toContain('_pp=')
  })

  test.each([
    [49, 49, 'e0'],
    [50, 50, 'e0'],
    [51, 50, 'e1'],
  ])('of %i held events, %i are kept', async (told, kept, first) => {
    const pixel = open()
    for (let at = 0; at < told; at++) pixel.track('Lead', {}, { id: `e${at}` })
    say(pixel, 'granted')
    await settle()
    expect(ids()).toHaveLength(kept)
    expect([ids()[0], ids().at(-1), postedEvents()[0]?.context?.click_ids?.fbclid?.value]).toEqual([
      first,
      `e${told - 1}`,
      'C',
    ])
  })

  test('said before the script had loaded', async () => {
    setGlobal('pairpixel', { q: [['consent', 'granted']] })
    open().track('Lead', {}, { id: 'l1' })
    await settle()
    expect(ids()).toEqual(['l1'])
  })

  test.each<[string, Parameters<SayConsent>, unknown, string | undefined, object]>([
    ['plain', ['granted'], undefined, undefined, { state: 'granted', source: 'api' }],
    ['with limits', ['granted', { limited: true, source: 'cmp' }], false, undefined, withLimits('cmp')],
    ['Global Privacy Control limits', ['granted'], true, undefined, withLimits('api')],
    ['it may be told to', ['granted'], true, 'ldu', withLimits('api')],
    ['it may be ignored', ['granted'], true, 'ignore', { state: 'granted', source: 'api' }],
    ['it is not set', ['granted'], false, 'block', { state: 'granted', source: 'api' }],
  ])('each event says so: %s', async (_what, said, signal, gpc, expected) => {
    setGpc(signal)
    const pixel = open(gpc ? { gpc } : {})
    pixel.track('Lead')
    say(pixel, ...said)
    pixel.track('Lead')
    await settle()
    expect(postedEvents().map((event) => event.consent)).toEqual([expected, expected])
  })

  test('Global Privacy Control may be a no', async () => {
    setGpc(true)
    const pixel = open({ gpc: 'block' })
    say(pixel, 'granted')
    pixel.track('Lead')
    await pass(60_000)
    expect(traces()).toEqual([0, [], []])
  })
})

function withLimits(source: string): object {
  return { state: 'granted', limited: true, source }
}

describe('a no', () => {
  test('empties the memory; a later yes is for later events', async () => {
    const pixel = open()
    pixel.track('Lead', {}, { id: 'before' })
    say(pixel, 'denied')
    pixel.track('Lead', {}, { id: 'between' })
    history.replaceState(null, '', '/')
    await pass(60_000)
    expect(traces()).toEqual([0, [], []])
    say(pixel, 'granted')
    pixel.track('Lead', {}, { id: 'after' })
    await settle()
    expect(postedEvents().map(({ event_id, context }) => [event_id, context?.click_ids])).toEqual([
      ['after', undefined],
    ])
  })

  test('a word that is none changes nothing', async () => {
    const pixel = open()
    for (const word of ['not granted', 'yes', '', undefined, true]) say(pixel, word as 'granted')
    pixel.track('Lead')
    await pass(60_000)
    expect(traces()).toEqual([0, [], []])
  })

  test('the pixels are told, where the site has them', () => {
    const { fbq, rdt, snaptr } = addPlatforms()
    const pixel = open({ pixels: { meta: [], snapchat: [] } })
    say(pixel, 'denied')
    say(pixel, 'denied')
    say(pixel, 'granted')
    expect([fbq, rdt, snaptr].map((fn) => fn.mock.calls)).toEqual([
      [
        ['consent', 'revoke'],
        ['consent', 'grant'],
      ],
      [],
      [],
    ])
  })

  test('Reddit’s pixel by its own commands, and one that throws stops nothing', async () => {
    const { fbq, rdt } = addPlatforms()
    fbq.mockImplementation(() => {
      throw new Error('theirs')
    })
    const pixel = open()
    say(pixel, 'granted')
    say(pixel, 'denied')
    await settle()
    expect(rdt.mock.calls).toEqual([['enableFirstPartyCookies'], ['disableFirstPartyCookies']])
    expect(posted.map(({ body }) => body)).toMatchObject([{ revoke: true }])
  })
})

describe('consent taken back', () => {
  test('what we keep goes, and the collector hears it once', async () => {
    const pixel = open({ key: 'shop' })
    say(pixel, 'granted')
    pixel.track('Purchase', { order_id: 'o1' })
    await settle()
    for (const name of ['_ppo', '_ppq', '_ppl']) localStorage[name] = '[]'
    expect(document.cookie).toContain('_pp=')
    posted.length = 0
    say(pixel, 'denied')
    say(pixel, 'denied')
    await pass(60_000)
    expect(document.cookie).toBe('')
    expect(Object.keys(localStorage)).toEqual([])
    expect(posted.map(({ by, body }) => [by, body])).toEqual([
      ['beacon', { v: 1, site: 'shop', domain: 'shop.com', sent_at: expect.any(Number) as number, revoke: true }],
    ])
  })

  test('what waited for a shared request is not sent any more', async () => {
    const pixel = open()
    say(pixel, 'granted')
    pixel.page({}, { id: 'v1' })
    say(pixel, 'denied')
    await pass(60_000)
    leavePage()
    expect(ids()).toEqual([])
    expect(posted).toHaveLength(1)
  })

  test('later events need a new yes', async () => {
    const { fbq } = addPlatforms()
    const pixel = open()
    say(pixel, 'granted')
    say(pixel, 'denied')
    pixel.track('Lead', {}, { id: 'between' })
    say(pixel, 'granted')
    pixel.track('Lead', {}, { id: 'after' })
    await settle()
    expect(ids()).toEqual(['after'])
    expect(fbq.mock.calls.map(([command]: unknown[]) => command)).toEqual(['consent', 'consent', 'consent', 'track'])
  })

  test('click IDs of before are forgotten, and those of between', async () => {
    let kit: Kit | undefined
    const pixel = open({ features: [consent, (given) => (kit = given)] })
    say(pixel, 'granted')
    say(pixel, 'denied')
    history.replaceState(null, '', '/?fbclid=D')
    kit!.readClicks()
    history.replaceState(null, '', '/')
    say(pixel, 'granted')
    pixel.track('Lead')
    await settle()
    expect(postedEvents()[0]?.context?.click_ids).toBeUndefined()
  })

  test('on a page that never had it: what an earlier one kept goes too', async () => {
    document.cookie = '_pp=%7B%7D;path=/;domain=shop.com'
    say(open(), 'denied')
    await settle()
    expect(document.cookie).toBe('')
    expect(posted.map(({ body }) => body)).toMatchObject([{ revoke: true, domain: 'shop.com' }])
  })

  test.each<[string, PixelConfig & ConsentOptions]>([
    ['said', {}],
    ['as nobody speaks', { consentFallback: 'denied' }],
  ])('on such a page, where no cookie could be set: %s', async (_what, options) => {
    for (const name of ['_ppo', '_ppq', '_ppl']) localStorage[name] = '[]'
    const pixel = open(options)
    if (!options.consentFallback) say(pixel, 'denied')
    await pass(5000)
    expect(traces()).toEqual([0, [], []])
  })

  test('an answer that was still under way brings nothing back', async () => {
    const answers: (() => void)[] = []
    const record = fetch
    vi.stubGlobal('fetch', async (...call: Parameters<typeof fetch>) => {
      const answer = await record(...call)
      await new Promise<void>((done) => answers.push(done))
      return answer
    })
    const pixel = open()
    say(pixel, 'granted')
    pixel.track('Lead')
    await settle()
    say(pixel, 'denied')
    expect([answers.length, posted.at(-1)?.body]).toMatchObject([1, { revoke: true }])
    document.cookie = '_pp=%7B%7D;path=/;domain=shop.com'
    localStorage._ppq = '[]'
    posted.length = 0
    answers[0]?.()
    await pass(60_000)
    expect([document.cookie, Object.keys(localStorage)]).toEqual(['', []])
    expect(posted.map(({ by, body }) => [by, body])).toMatchObject([['beacon', { revoke: true }]])
  })

  test('what `identify` was told is forgotten, and what it is told later is not', async () => {
    const pixel = open()
    pixel.identify({ email: 'a@shop.com', city: 'Berlin' })
    say(pixel, 'denied')
    say(pixel, 'granted')
    pixel.track('Lead', {}, { id: 'l1' })
    pixel.identify({ city: 'Bonn' })
    pixel.track('Lead', {}, { id: 'l2' })
    await settle()
    expect(postedEvents().map(({ user }) => user)).toEqual([undefined, { city: 'Bonn' }])
  })

  test('purchases of before are not noted again', async () => {
    const pixel = open({ features: [consent, once] })
    for (const [word, id] of [
      ['granted', 'o1'],
      ['denied', 'o2'],
      ['granted', 'o3'],
    ] as const) {
      say(pixel, word)
      pixel.track('Purchase', { order_id: id })
    }
    await settle()
    expect(localStorage._ppo).toBe(' o3 ')
  })
})

describe('several who speak', () => {
  test.each<[string, Parameters<SayConsent>[], string[]]>([
    ['one no is a no', [['denied', { source: 'tcf' }], ['granted']], []],
    ['in any order', [['granted'], ['denied', { source: 'tcf' }]], []],
    ['no answer yet is none', [['granted'], ['unknown', { source: 'tcf' }]], ['l1']],
    [
      'a tool that still asks has the say over Google’s',
      [
        ['unknown', { source: 'tcf' }],
        ['granted', { source: 'gcm' }],
      ],
      [],
    ],
    [
      'until it is answered',
      [
        ['unknown', { source: 'tcf' }],
        ['granted', { source: 'gcm' }],
        ['granted', { source: 'tcf' }],
      ],
      ['l1'],
    ],
    [
      'Google’s waits for nobody’s update',
      [
        ['unknown', { source: 'gcm' }],
        ['granted', { source: 'tcf' }],
      ],
      ['l1'],
    ],
    ['the page’s own yes is an answer', [['unknown', { source: 'tcf' }], ['granted']], ['l1']],
    ['who said no may say yes', [['granted'], ['denied', { source: 'tcf' }], ['granted', { source: 'tcf' }]], ['l1']],
  ])('%s', async (_what, said, expected) => {
    const pixel = open()
    for (const words of said) say(pixel, ...words)
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    expect(ids()).toEqual(expected)
  })

  test('one wish for limits is enough', async () => {
    const pixel = open()
    say(pixel, 'granted', { source: 'gcm', limited: true })
    say(pixel, 'granted', { source: 'tcf' })
    pixel.track('Lead')
    await settle()
    expect(postedEvents()[0]?.consent).toEqual(withLimits('tcf'))
  })
})

describe('when nobody speaks in time', () => {
  test.each<[string, ConsentOptions, string[]]>([
    ['no fallback: held on', {}, []],
    ['a no', { consentFallback: 'denied' }, []],
    ['a yes', { consentFallback: 'granted' }, ['l1']],
  ])('%s', async (_what, options, expected) => {
    const pixel = open(options)
    pixel.track('Lead', {}, { id: 'l1' })
    await pass(4999)
    expect(posted).toEqual([])
    await pass(1)
    expect(ids()).toEqual(expected)
    say(pixel, 'granted', { source: 'tcf' })
    await settle()
    expect(ids()).toEqual(options.consentFallback === 'denied' ? [] : ['l1'])
  })

  test('a tool that waits for its visitor is no silence', async () => {
    const pixel = open({ consentFallback: 'granted' })
    say(pixel, 'unknown', { source: 'tcf' })
    pixel.track('Lead')
    await pass(60_000)
    expect(traces()).toEqual([0, [], []])
  })
})
