import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import {
  addPlatforms,
  closePage,
  firedOf,
  leavePage,
  newPage,
  posted,
  postedEvents,
  postedProofs,
  reloadPage,
  setGlobal,
  settle,
  start,
} from './page.ts'

beforeEach(newPage)
afterEach(closePage)

describe('platforms', () => {
  test('each gets the same ID, and the post says so', async () => {
    const { fbq, rdt, snaptr } = addPlatforms()
    start({ pixels: { meta: ['111'], reddit: [], snapchat: [] } }).track('Purchase', { value: 1 }, { id: 'o1' })
    expect(fbq.mock.calls).toEqual([['trackSingle', '111', 'Purchase', { value: 1 }, { eventID: 'o1' }]])
    expect(rdt.mock.calls).toEqual([['track', 'Purchase', { value: 1, conversionId: 'o1' }]])
    expect(snaptr.mock.calls).toEqual([
      ['track', 'PURCHASE', { price: 1, transaction_id: 'o1', client_dedup_id: 'o1' }],
    ])
    await settle()
    expect(firedOf('o1')).toEqual({ meta: 'called', reddit: 'called', snapchat: 'called' })
  })

  test('an ID made here is the same everywhere', async () => {
    const { fbq, rdt, snaptr } = addPlatforms()
    const id = start().track('Lead')
    expect(fbq.mock.lastCall?.at(-1)).toEqual({ eventID: id })
    expect(rdt.mock.lastCall?.at(-1)).toEqual({ conversionId: id })
    expect(snaptr.mock.lastCall?.at(-1)).toEqual({ client_dedup_id: id })
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual([id])
  })

  test.each<[string, PixelConfig, number[]]>([
    ['only configured ones', { pixels: { reddit: [] } }, [0, 1, 0]],
    ['none where none is configured', { pixels: {} }, [0, 0, 0]],
    ['all where nothing is said', {}, [1, 1, 1]],
  ])('called are %s', async (_name, config, calls) => {
    const functions = addPlatforms()
    start(config).track('Lead', {}, { id: 'l1' })
    expect(Object.values(functions).map((fn) => fn.mock.calls.length)).toEqual(calls)
    await settle()
    expect(Object.keys(firedOf('l1') ?? {})).toHaveLength(calls.filter(Boolean).length)
  })

  test('`set` may name them later', () => {
    const { fbq } = addPlatforms()
    const pixel = start({ pixels: {} })
    pixel.set({ pixels: { meta: ['111'] } })
    pixel.track('Lead', {}, { id: 'l1' })
    expect(fbq.mock.calls).toEqual([['trackSingle', '111', 'Lead', {}, { eventID: 'l1' }]])
  })

  test.each([
    ['there', addPlatforms],
    ['absent', () => undefined],
  ])('where Snapchat’s function is %s: a custom event is no matter of it', async (_name, prepare) => {
    const snaptr = prepare()?.snaptr ?? vi.fn()
    start({ pixels: { snapchat: [] } }).track('My Event', {}, { id: 'c1' })
    vi.advanceTimersByTime(5000)
    await settle()
    expect(snaptr).not.toHaveBeenCalled()
    expect(postedEvents().map(({ event_id, fired }) => [event_id, fired])).toEqual([['c1', undefined]])
    expect(postedProofs()).toEqual([])
  })

  test('one that throws stops neither the others nor the post', async () => {
    const { fbq, rdt } = addPlatforms()
    fbq.mockImplementation(() => {
      throw new Error('their bug')
    })
    expect(start({ pixels: { meta: [], reddit: [] } }).track('Lead', {}, { id: 'l1' })).toBe('l1')
    await settle()
    expect(rdt).toHaveBeenCalledOnce()
    expect(firedOf('l1')).toEqual({ reddit: 'called' })
  })

  test('a pixel for which it throws stops not the next one, and what was taken is told', async () => {
    const { fbq } = addPlatforms()
    fbq.mockImplementationOnce(() => {
      throw new Error('their bug')
    })
    start({ pixels: { meta: ['111', '222'] } }).track('Lead', {}, { id: 'l1' })
    await settle()
    expect(fbq.mock.calls.map(([, pixel]) => pixel as string)).toEqual(['111', '222'])
    expect(firedOf('l1')).toEqual({ meta: 'called' })
  })

  test('a function that comes after the visitor’s no is not called', async () => {
    const pixel = start({ pixels: { meta: [] }, features: [consent] })
    pixel.consent('granted')
    pixel.track('Lead', {}, { id: 'l1' })
    vi.advanceTimersByTime(500)
    pixel.consent('denied')
    const { fbq } = addPlatforms()
    vi.advanceTimersByTime(5000)
    await settle()
    expect(fbq.mock.calls.filter(([command]) => command !== 'consent')).toEqual([])
  })

  test.each([
    ['comes in time', 1900, {}, 'called', 1],
    ['comes at the last moment', 1999, {}, 'called', 1],
    ['comes too late', 2000, {}, 'absent', 0],
    ['comes within a longer wait', 2200, { wait: '3000' }, 'called', 1],
    ['comes too late for a shorter wait', 600, { wait: 500 }, 'absent', 0],
    ['comes too late for none', 1, { wait: 0 }, 'absent', 0],
  ])('a function that %s: the post does not wait, a proof follows', async (_name, afterMs, config, state, calls) => {
    const fbq = vi.fn()
    start({ pixels: { meta: [] }, ...config }).track('Lead', {}, { id: 'l1' })
    await settle()
    expect(postedEvents().map(({ event_id, fired }) => [event_id, fired])).toEqual([['l1', undefined]])
    vi.advanceTimersByTime(afterMs)
    setGlobal('fbq', fbq)
    vi.advanceTimersByTime(4000)
    expect(fbq).toHaveBeenCalledTimes(calls)
    expect(postedProofs()).toEqual([{ event: 'generate_lead', event_id: 'l1', fired: { meta: state } }])
  })
})

describe('a purchase that is told again', () => {
  const all = { pixels: { meta: [] } }

  test.each<[string, () => void | Promise<void>]>([
    ['in the same page', () => undefined],
    ['by a thank-you page that is loaded again', reloadPage],
  ])('%s: is posted again, not fired again', async (_name, between) => {
    const first = vi.fn()
    setGlobal('fbq', first)
    start(all).track('purchase', { order_id: 'o1' })
    await settle()
    await between()
    const again = vi.fn()
    setGlobal('fbq', again)
    start(all).track('purchase', { order_id: 'o1' })
    await settle()
    vi.advanceTimersByTime(5000)
    expect([first.mock.calls.length, again.mock.calls.length]).toEqual([1, 0])
    expect(postedEvents().map(({ event_id, fired }) => [event_id, fired])).toEqual([
      ['o1', { meta: 'called' }],
      ['o1', undefined],
    ])
    expect(postedProofs()).toEqual([])
  })

  test.each([
    ['another order', 'purchase', { order_id: 'o2' }],
    ['an order whose number begins alike', 'purchase', { order_id: 'o' }],
    ['a purchase without a number', 'purchase', {}],
    ['another event of that ID', 'Lead', {}],
  ])('%s is fired', (_name, event, props) => {
    const fbq = vi.fn()
    setGlobal('fbq', fbq)
    const pixel = start(all)
    pixel.track('purchase', { order_id: 'o1' })
    pixel.track(event, props, event === 'Lead' ? { id: 'o1' } : {})
    expect(fbq).toHaveBeenCalledTimes(2)
  })
})

describe('page views', () => {
  const view = async (config: PixelConfig = {}) => {
    start({ wait: 0, ...config }).page({}, { id: 'v1' })
    vi.advanceTimersByTime(1)
    leavePage()
    await settle()
    return firedOf('v1')
  }

  test('beside a platform’s function they are its own, without our ID', async () => {
    const { fbq, rdt } = addPlatforms()
    Reflect.deleteProperty(window, 'snaptr')
    expect(await view()).toEqual({ meta: 'unmatched', reddit: 'unmatched', snapchat: 'absent' })
    expect([fbq.mock.calls, rdt.mock.calls]).toEqual([[], []])
  })

  test('beside a function that comes before they leave, and where none comes: one request', async () => {
    start({ pixels: { meta: [], reddit: [] } }).page({}, { id: 'v1' })
    vi.advanceTimersByTime(800)
    const { fbq } = addPlatforms()
    Reflect.deleteProperty(window, 'rdt')
    await vi.advanceTimersByTimeAsync(5000)
    expect(fbq).not.toHaveBeenCalled()
    expect(firedOf('v1')).toEqual({ meta: 'unmatched', reddit: 'absent' })
    expect(posted).toHaveLength(1)
  })

  test('later ones of the same page are told by Meta’s library alone', async () => {
    addPlatforms()
    const pixel = start()
    pixel.page({}, { id: 'v1' })
    pixel.page({}, { id: 'v2' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(firedOf('v1')).toEqual({ meta: 'unmatched', reddit: 'unmatched', snapchat: 'unmatched' })
    expect(firedOf('v2')).toEqual({ meta: 'unmatched' })
  })

  test.each<[string, PixelConfig, number, string]>([
    ['attribute', { firePageview: '1' }, 1, 'called'],
    ['flag', { firePageview: true }, 1, 'called'],
    ['off', { firePageview: '0' }, 0, 'unmatched'],
    ['an attribute without value', { firePageview: '' }, 0, 'unmatched'],
  ])('fired by us when asked for: %s', async (_name, config, calls, state) => {
    const { fbq, rdt, snaptr } = addPlatforms()
    expect(await view(config)).toEqual({ meta: state, reddit: state, snapchat: state })
    expect(fbq.mock.calls).toEqual([['track', 'PageView', {}, { eventID: 'v1' }]].slice(0, calls))
    expect(rdt.mock.calls).toEqual([['track', 'PageVisit', { conversionId: 'v1' }]].slice(0, calls))
    expect(snaptr.mock.calls).toEqual([['track', 'PAGE_VIEW', { client_dedup_id: 'v1' }]].slice(0, calls))
  })

  test('by any of their names', async () => {
    const { fbq } = addPlatforms()
    start({ pixels: { meta: [] } }).track('PageView', {}, { id: 'v1' })
    leavePage()
    await settle()
    expect(fbq).not.toHaveBeenCalled()
    expect(firedOf('v1')).toEqual({ meta: 'unmatched' })
  })
})
