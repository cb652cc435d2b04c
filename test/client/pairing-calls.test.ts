import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import pairing from '../../client/features/pairing.ts'
import { addPlatforms, posted, postedEvents, setGlobal } from './page.ts'
import {
  addLibrary,
  addStub,
  call,
  closePixelPage,
  fnOf,
  hits,
  names,
  newPixelPage,
  pair,
  pixels,
  runScript,
  twins,
  wireId,
} from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(closePixelPage)

const inQueue = (name: (typeof names)[number]) =>
  (fnOf(name)[pixels[name].queue] as ArrayLike<unknown>[]).map((one) => Array.from(one))

describe.each([
  ['before the library is live', false],
  ['when it is live', true],
])('other ways to make a call %s', (_when, isLive) => {
  test.each([
    ['_fbq', `_fbq('track', 'Lead', {value: 1})`],
    ['fbq.push', `fbq.push('track', 'Lead', {value: 1})`],
    ['a kept reference', `window.kept('track', 'Lead', {value: 1})`],
    ['a list', `fbq(['track', 'Lead', {value: 1}])`],
    ['a pushed list', `fbq.push(['track', 'Lead', {value: 1}])`],
    ['a pushed list with an ID', `fbq.push(['track', 'Lead', {value: 1}, {eventID: 'own'}])`],
  ])('%s: one hit, one twin', async (way, script) => {
    addStub('meta')
    setGlobal('kept', fnOf('meta'))
    pair()
    call('meta', 'init', '111')
    if (isLive) addLibrary('meta')
    runScript(script)
    if (!isLive) addLibrary('meta')
    const told = await twins()
    expect(told.map(({ value, to }) => [value, to])).toEqual([[1, ['meta']]])
    if (way.endsWith('an ID')) expect(told[0]?.event_id).toBe('own')
    expect(hits).toEqual([{ name: 'meta', event: 'Lead', pixel: '111', id: told[0]?.event_id }])
  })
})

test.each(names)('the live method, called directly (%s)', async (name) => {
  const { live, init, order } = pixels[name]
  pair()
  addStub(name)
  call(name, ...init)
  addLibrary(name)
  ;(fnOf(name)[live] as (...args: unknown[]) => void)(...order())
  const told = await twins()
  expect(told).toHaveLength(1)
  expect(hits.map(({ id }) => id)).toEqual([wireId(name, told[0]!.event_id)])
})

test.each(names)('the queue, pushed into (%s): before the library is live a pair, later nothing', async (name) => {
  const { queue, init, order } = pixels[name]
  const push = (...args: unknown[]) => (fnOf(name)[queue] as unknown[]).push(args)
  pair()
  addStub(name)
  push(...init)
  expect(push(...order())).toBe(2)
  addLibrary(name)
  push(...order())
  const told = await twins()
  expect(told).toHaveLength(1)
  expect(hits.map(({ id }) => id)).toEqual([wireId(name, told[0]!.event_id)])
})

describe('what the page can see of it', () => {
  test.each(names)('the function stays itself, with nothing new among its keys (%s)', (name) => {
    const { fn, queue, live } = pixels[name]
    const keysBefore = Object.keys(window)
    pair()
    expect(Object.keys(window).filter((key) => !keysBefore.includes(key))).toEqual(['pairpixel'])
    expect(window[fn as never]).toBeUndefined()
    addStub(name)
    const plain = vi.fn()
    const keys = Object.keys(fnOf(name))
    addLibrary(name)
    expect(Object.keys(fnOf(name)).filter((key) => !keys.includes(key))).toEqual([])
    expect(Object.keys(fnOf(name)[queue] as unknown[])).toEqual([])
    expect(fnOf(name)[live]).toBe(fnOf(name)[live])
    setGlobal(fn, plain)
    expect(fnOf(name)).toBe(plain)
    setGlobal(fn, fnOf(name))
    expect(fnOf(name)).toBe(plain)
  })

  test('Meta’s names for its function are one function', () => {
    pair()
    addStub('meta')
    addLibrary('meta')
    const { fbq, _fbq } = window as unknown as Record<'fbq' | '_fbq', { push: unknown }>
    expect(fbq).toBe(_fbq)
    expect(fbq.push).toBe(fbq)
  })

  test('the live method gets its `this` and gives its answer', () => {
    pair()
    addStub('reddit')
    const sendEvent = vi.fn(function (this: unknown) {
      return this === fnOf('reddit') && 'theirs'
    })
    fnOf('reddit').sendEvent = sendEvent
    expect((fnOf('reddit').sendEvent as () => unknown)()).toBe('theirs')
  })

  test('an error of theirs is theirs', () => {
    pair()
    addStub('meta')
    fnOf('meta').callMethod = () => {
      throw new Error('their bug')
    }
    expect(() => call('meta', 'track', 'Lead')).toThrow('their bug')
  })

  test.each([['text'], [7], [null], [{ sendEvent: 1 }], [Object.freeze(() => undefined)]])(
    'a global that is no pixel is kept: %s',
    (value) => {
      pair()
      expect(() => setGlobal('rdt', value)).not.toThrow()
      expect(window['rdt' as never]).toBe(value)
    },
  )
})

describe('parameters', () => {
  test.each(names)('the page’s own object is never kept nor changed (%s)', (name) => {
    const params = Object.freeze({ value: 1 })
    pair()
    addStub(name)
    call(name, 'track', 'Lead', params)
    const passed = inQueue(name)[0]?.[2]
    expect(passed).toMatchObject(params)
    expect(passed).not.toBe(params)
    expect(params).toEqual({ value: 1 })
  })

  test.each<[(typeof names)[number], unknown]>([
    ['reddit', 'text'],
    ['reddit', 7],
    ['snapchat', 7],
    ['snapchat', true],
  ])('no object, so nothing is put in its place, and no twin is posted (%s: %j)', async (name, params) => {
    pair()
    addStub(name)
    call(name, 'track', 'Lead', params)
    expect(inQueue(name)).toEqual([['track', 'Lead', params]])
    expect(await twins()).toEqual([])
  })

  test.each([['text'], [7]])('Meta’s ID does not stand among them: %j stays', async (params) => {
    pair()
    addStub('meta')
    call('meta', 'track', 'Lead', params)
    const [told] = await twins()
    expect(inQueue('meta')).toEqual([['track', 'Lead', params, { eventID: told?.event_id }]])
  })

  test('other options and arguments of Meta’s stay', () => {
    pair()
    addStub('meta')
    call('meta', 'track', 'Lead', {}, { eventID: 'e1', test: 1 }, 'more')
    expect(inQueue('meta')).toEqual([['track', 'Lead', {}, { eventID: 'e1', test: 1 }, 'more']])
  })

  test.each([
    ['params', ['track', 'Lead', {}]],
    ['a name', ['track', Symbol('Lead')]],
    ['a number for a name', ['track', 7, {}]],
  ])('an error in ours gives the call as it was: %s', async (what, given) => {
    const params = Object.defineProperty({}, 'value', {
      enumerable: true,
      get() {
        throw new Error('their trap')
      },
    })
    const made = what === 'params' ? ['track', 'Lead', params] : given
    pair()
    addStub('meta')
    expect(() => call('meta', ...made)).not.toThrow()
    const [kept] = fnOf('meta').queue as ArrayLike<unknown>[]
    expect(kept?.[2]).toBe(made[2])
    expect(kept).toHaveLength(made.length)
    expect(await twins()).toEqual([])
  })

  test.each<[(typeof names)[number], object, object]>([
    [
      'meta',
      {
        value: '9.5',
        currency: 'usd',
        order_id: 'A1',
        search_string: 'cap',
        contents: [{ id: 'S1', quantity: 2, item_price: 4 }, null],
      },
      {
        value: '9.5',
        currency: 'usd',
        order_id: 'A1',
        search_string: 'cap',
        items: [{ price: 4, id: 'S1', quantity: 2, item_price: 4 }],
      },
    ],
    ['meta', { content_ids: ['S1', 7] }, { items: [{ id: 'S1' }, { id: 7 }] }],
    ['meta', { content_ids: 'S1' }, { items: [{ id: 'S1' }] }],
    [
      'reddit',
      { value: 9.5, transactionId: 'A1', products: [{ id: 'S1', itemPrice: 4 }] },
      { value: 9.5, order_id: 'A1', items: [{ price: 4, id: 'S1', itemPrice: 4 }] },
    ],
    [
      'snapchat',
      { price: 9.5, transaction_id: 7, item_ids: ['S1'] },
      { value: 9.5, order_id: 7, items: [{ id: 'S1' }] },
    ],
  ])('%s: %j is told as ours', async (name, params, facts) => {
    pair()
    addStub(name)
    call(name, 'track', 'Subscribe', params)
    expect(await twins()).toMatchObject([{ event: 'subscribe', ...facts }])
  })

  test.each(names)('what else a call says of its visitor stays there (%s)', async (name) => {
    pair()
    addStub(name)
    call(name, 'track', 'Subscribe', { value: 1, user_email: 'jane@shop.example', plan: 'pro' })
    const [told] = await twins()
    expect([told?.value, told?.props]).toEqual([1, undefined])
    expect(posted.map(({ text }) => text).join()).not.toMatch(/jane|plan/)
  })

  test('Reddit’s custom events go by their own name', async () => {
    pair()
    addStub('reddit')
    call('reddit', 'track', 'Custom', { customEventName: 'My Event' })
    expect(await twins()).toMatchObject([{ event: 'My Event', names: { reddit: 'My Event' } }])
  })
})

describe('calls of ours', () => {
  test('are not told again, and a library that brings them back changes nothing', async () => {
    for (const name of names) addStub(name)
    const pixel = pair()
    pixel.track('purchase', { value: 5 }, { id: 'o1' })
    for (const name of names) {
      expect(inQueue(name)).toHaveLength(1)
      call(name, ...inQueue(name)[0]!)
    }
    expect(await twins()).toEqual([])
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['o1'])
    for (const name of names) expect(inQueue(name)[1]).toEqual(inQueue(name)[0])
  })

  test('the page’s own call for the same event shares their ID', async () => {
    for (const name of names) addStub(name)
    pair().track('purchase', { value: 5, currency: 'EUR' }, { id: 'o1' })
    call('reddit', 'track', 'Purchase', { value: 5, currency: 'EUR', conversionId: 'o1' })
    expect(await twins()).toEqual([])
  })
})

test('a second watcher on the page: one hit, one ID', async () => {
  pair({ features: [pairing, pairing] })
  addStub('meta')
  call('meta', ...pixels.meta.init)
  call('meta', ...pixels.meta.order())
  addLibrary('meta')
  call('meta', 'track', 'Lead')
  const ids = [...new Set((await twins()).map(({ event_id }) => event_id))]
  expect(hits.map(({ id }) => id)).toEqual(ids)
  expect(ids).toHaveLength(2)
})

test('plain functions that are no stubs are left to themselves', async () => {
  const { fbq, rdt, snaptr } = addPlatforms()
  pair()
  call('meta', 'track', 'Lead')
  call('reddit', 'track', 'Lead')
  call('snapchat', 'track', 'SIGN_UP')
  expect([fbq, rdt, snaptr].map((fn) => fn.mock.calls)).toEqual([
    [['track', 'Lead']],
    [['track', 'Lead']],
    [['track', 'SIGN_UP']],
  ])
  expect(await twins()).toEqual([])
})
