import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent, { type ConsentOptions } from '../../client/features/consent.ts'
import gcm from '../../client/features/gcm.ts'
import limited from '../../client/features/limited.ts'
import tcf from '../../client/features/tcf.ts'
import { closePage, newPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  for (const name of ['dataLayer', 'mine', 'google_tag_data', '__tcfapi']) Reflect.deleteProperty(window, name)
  closePage()
})

const granted = { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' }
const denied = { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied' }
type Call = [kind: string, fields: object]

/** As Google's snippet writes it. */
function gtag(..._call: unknown[]): void {
  const page = window as unknown as { dataLayer?: unknown[] }
  // eslint-disable-next-line prefer-rest-params -- Google's libraries take nothing but `arguments` objects for calls
  ;(page.dataLayer ??= []).push(arguments)
}
const open = (options: PixelConfig & ConsentOptions & { layer?: string } = {}) =>
  start({ features: [consent, limited, gcm], consentFallback: 'denied', ...options })
const pass = async (ms: number) => {
  vi.advanceTimersByTime(ms)
  await settle()
}
const said = () => postedEvents()[0]?.consent
const yes = { state: 'granted', source: 'gcm' }

describe('what the data layer says', () => {
  const cases: [string, Call[], unknown][] = [
    [
      'an update that allows',
      [
        ['default', denied],
        ['update', granted],
      ],
      yes,
    ],
    ['a default that allows', [['default', granted]], yes],
    ['a default that forbids is no answer', [['default', denied]], undefined],
    ['no storage', [['update', { ...granted, ad_storage: 'denied' }]], undefined],
    ['no user data', [['update', { ...granted, ad_user_data: 'denied' }]], undefined],
    ['nothing on user data', [['update', { ad_storage: 'granted' }]], undefined],
    ['no personal ads', [['update', { ...granted, ad_personalization: 'denied' }]], { ...yes, limited: true }],
    [
      'an update of something else',
      [
        ['default', granted],
        ['update', { analytics_storage: 'denied' }],
      ],
      yes,
    ],
    [
      'in parts',
      [
        ['update', { ad_storage: 'granted' }],
        ['update', { ad_user_data: 'granted' }],
      ],
      yes,
    ],
    ['a default for a region', [['default', { ...granted, region: ['ES'] }]], undefined],
    [
      'beside one for all',
      [
        ['default', { ...denied, region: ['ES'] }],
        ['default', granted],
      ],
      undefined,
    ],
    [
      'in the other order',
      [
        ['default', granted],
        ['default', { ...denied, region: ['ES'] }],
      ],
      undefined,
    ],
    [
      'a region and then an answer',
      [
        ['default', { ...denied, region: ['ES'] }],
        ['update', granted],
      ],
      yes,
    ],
    ['another command', [['set', granted]], undefined],
  ]
  test.each(cases)('before us: %s', async (_what, calls, expected) => {
    for (const call of calls) gtag('consent', ...call)
    open().track('Lead')
    await pass(0)
    expect(said()).toEqual(expected)
  })
  test.each(cases)('after us: %s', async (_what, calls, expected) => {
    open().track('Lead')
    gtag('js', new Date())
    await pass(250)
    for (const call of calls) gtag('consent', ...call)
    await pass(0)
    expect(said()).toEqual(expected)
  })

  test('what is no such call is passed over', async () => {
    setGlobal('dataLayer', [null, 'consent', ['consent', 'update', granted], { 0: 'consent' }, undefined])
    open().track('Lead')
    await pass(0)
    expect(said()).toBeUndefined()
  })

  test('a default waits as long as it asks to', async () => {
    gtag('consent', 'default', { ...granted, wait_for_update: 500 })
    open().track('Lead')
    await pass(499)
    expect(said()).toBeUndefined()
    await pass(1)
    expect(said()).toEqual(yes)
  })

  test('an answer within that time counts', async () => {
    gtag('consent', 'default', { ...granted, wait_for_update: 500 })
    open().track('Lead')
    gtag('consent', 'update', denied)
    await pass(60_000)
    expect(posted).toEqual([])
  })

  test('a default that forbids after one that allowed is a no', async () => {
    gtag('consent', 'default', granted)
    const pixel = open()
    await pass(600)
    gtag('consent', 'default', denied)
    await pass(0)
    pixel.track('Lead')
    await pass(60_000)
    expect(posted.map(({ body }) => body)).toMatchObject([{ revoke: true }])
  })

  test.each<[string, object]>([
    ['one for a region', { ...denied, region: ['ES'] }],
    ['one that waits', { ...denied, wait_for_update: 500 }],
  ])('and so is %s', async (_what, fields) => {
    gtag('consent', 'default', granted)
    const pixel = open()
    await pass(600)
    gtag('consent', 'default', fields)
    await pass(0)
    pixel.track('Lead')
    await pass(60_000)
    expect(postedEvents()).toEqual([])
  })

  test('a default that allows again takes nothing back while it waits', async () => {
    gtag('consent', 'default', granted)
    const pixel = open()
    await pass(600)
    gtag('consent', 'default', { ...granted, wait_for_update: 500 })
    await pass(0)
    pixel.track('Lead')
    await settle()
    expect(posted.map(({ body }) => body.events?.length)).toEqual([1])
  })

  test.each([
    ['made by the page', () => setGlobal('dataLayer', [])],
    ['not there yet', () => undefined],
  ])('an answer that comes late, in a layer %s', async (_what, prepare) => {
    prepare()
    open({ consentFallback: undefined }).track('Lead')
    await pass(6000)
    gtag('consent', 'update', granted)
    await pass(0)
    expect(said()).toEqual(yes)
  })

  test('what bears the layer’s name and is none, is left alone', () => {
    setGlobal('dataLayer', 'theirs')
    expect(() => open()).not.toThrow()
    expect(Reflect.get(window, 'dataLayer')).toBe('theirs')
  })

  test('the page’s own function answers as before', () => {
    const layer: unknown[] = []
    setGlobal('mine', layer)
    open({ layer: 'mine' })
    expect(layer.push({ event: 'x' }, 1)).toBe(2)
    expect([...layer]).toEqual([{ event: 'x' }, 1])
  })
})

test('taken back, and given again', async () => {
  gtag('consent', 'update', granted)
  const pixel = open()
  await pass(0)
  gtag('consent', 'update', denied)
  await pass(0)
  pixel.track('Lead', {}, { id: 'between' })
  gtag('consent', 'update', granted)
  await pass(0)
  pixel.track('Lead', {}, { id: 'after' })
  await settle()
  expect(posted.map(({ body }) => body.events?.map(({ event_id }) => event_id) ?? body)).toMatchObject([
    { revoke: true },
    ['after'],
  ])
})

test('a no that the page said stands when the same answer comes again', async () => {
  gtag('consent', 'update', granted)
  const pixel = open()
  await pass(0)
  pixel.consent('denied')
  gtag('consent', 'update', granted)
  await pass(0)
  pixel.track('Lead')
  await settle()
  expect(postedEvents()).toEqual([])
})

describe('Google’s own view', () => {
  const addView = (states: Record<string, number>, more: object = {}) => {
    const listeners: (() => void)[] = []
    const ics = {
      getConsentState: (type: string) => states[type] ?? 0,
      addListener: (_types: unknown, tell: () => void) => listeners.push(tell),
      ...more,
    }
    setGlobal('google_tag_data', { ics })
    return { ics, states, tell: () => listeners.forEach((listener) => listener()) }
  }
  const all = (state: number) => ({ ad_storage: state, ad_user_data: state, ad_personalization: state })

  test.each<[string, Record<string, number>, object, unknown]>([
    ['a yes', all(1), {}, yes],
    ['no personal ads', { ...all(1), ad_personalization: 2 }, {}, { ...yes, limited: true }],
    ['a no by default', all(2), {}, undefined],
    ['nothing', all(0), { usedUpdate: true }, undefined],
    ['without a way to ask', all(1), { getConsentState: undefined }, undefined],
    ['without a way to listen', all(1), { addListener: undefined }, yes],
  ])('%s', async (_what, states, more, expected) => {
    addView(states, more)
    open().track('Lead')
    await pass(0)
    expect(said()).toEqual(expected)
  })

  test('it knows the region, and later changes', async () => {
    gtag('consent', 'default', { ...denied, region: ['ES'] })
    gtag('consent', 'default', granted)
    open().track('Lead', {}, { id: 'l1' })
    await pass(0)
    const view = addView(all(2))
    await pass(250)
    expect(posted).toEqual([])
    Object.assign(view.states, all(1))
    view.tell()
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
    Object.assign(view.states, all(2))
    Object.assign(view.ics, { usedUpdate: true })
    view.tell()
    await settle()
    expect(posted.at(-1)?.body).toMatchObject({ revoke: true })
  })
})

test('an update of something else is no answer, though Google’s own view says there was one', async () => {
  const states: Record<string, number> = {}
  const listeners: (() => void)[] = []
  const ics = {
    usedUpdate: false,
    getConsentState: (type: string) => states[type] ?? 2,
    addListener: (_types: unknown, tell: () => void) => listeners.push(tell),
  }
  setGlobal('google_tag_data', { ics })
  gtag('consent', 'default', denied)
  // As Google's script does it: on each call its view changes, and those who listen are told.
  const layer = (window as unknown as { dataLayer: unknown[] }).dataLayer
  layer.push = function (...entries) {
    Array.prototype.push.apply(this, entries)
    ics.usedUpdate = true
    for (const tell of listeners) tell()
    return this.length
  }
  open().track('Purchase', {}, { id: 'p1' })
  await pass(500)
  gtag('consent', 'update', { analytics_storage: 'granted' })
  await pass(500)
  Object.assign(states, { ad_storage: 1, ad_user_data: 1, ad_personalization: 1 })
  gtag('consent', 'update', granted)
  await pass(0)
  expect(posted.map(({ body }) => body.events?.map(({ event_id }) => event_id))).toEqual([['p1']])
})

describe('either tool', () => {
  const both = (options: ConsentOptions = {}) => open({ features: [consent, limited, tcf, gcm], ...options })
  test('this one speaks', async () => {
    both().track('Lead')
    gtag('consent', 'update', granted)
    await pass(251)
    expect(said()).toEqual(yes)
  })
  test('none is there: the fallback', async () => {
    both({ consentFallback: 'granted' }).track('Lead')
    await pass(5000)
    expect(said()).toEqual({ state: 'granted' })
  })
  test('one is there and waits: no fallback', async () => {
    gtag('consent', 'default', denied)
    both({ consentFallback: 'granted' }).track('Lead')
    await pass(60_000)
    expect(posted).toEqual([])
  })
  test('however long it waits for an update', async () => {
    gtag('consent', 'default', { ...denied, wait_for_update: 7000 })
    both({ consentFallback: 'granted' }).track('Lead')
    await pass(60_000)
    expect(posted).toEqual([])
  })

  describe('both are there', () => {
    type Tell = (data: object, isDone: boolean) => void
    let tell: Tell
    beforeEach(() =>
      setGlobal('__tcfapi', (_command: string, _version: number, listener: Tell) => {
        tell = listener
        tell({ eventStatus: 'cmpuishown', gdprApplies: true }, true)
      }),
    )
    const answer = (mayUse: boolean) =>
      tell(
        {
          eventStatus: 'useractioncomplete',
          purpose: { consents: { 1: mayUse, 3: mayUse, 4: mayUse, 7: mayUse } },
          vendor: { consents: {} },
        },
        true,
      )
    test.each<[string, object]>([
      ['a default that allows', granted],
      ['one that forbids', denied],
      ['one that forbids for a region', { ...denied, region: ['ES'] }],
      ['one that waits', { ...granted, wait_for_update: 500 }],
    ])('%s, and the visitor is asked', async (_what, fields) => {
      gtag('consent', 'default', fields)
      both({ consentFallback: 'granted' }).track('Lead')
      await pass(60_000)
      expect(posted).toEqual([])
      answer(true)
      await settle()
      expect(said()).toEqual({ state: 'granted', source: 'tcf' })
    })
    test('and says no', async () => {
      gtag('consent', 'default', granted)
      both().track('Lead')
      answer(false)
      await pass(60_000)
      expect(posted).toEqual([])
    })
  })
})
