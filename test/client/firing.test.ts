import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closePage, openPage, postedEvents, postedProofs, setGlobal, settle, start, stubOf } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

const fired = (id: string) => postedEvents().find((event) => event.event_id === id)?.fired
const hide = () => window.dispatchEvent(new Event('pagehide'))

describe('platforms', () => {
  const all = { pixels: { meta: ['111'], reddit: [], snapchat: [] } }

  test('each gets the same ID, and the post says so', async () => {
    const [fbq, rdt, snaptr] = [vi.fn(), vi.fn(), vi.fn()]
    for (const [name, fn] of Object.entries({ fbq, rdt, snaptr })) setGlobal(name, fn)
    start(all).track('Purchase', { value: 1 }, { id: 'o1' })
    expect(fbq.mock.calls).toEqual([['trackSingle', '111', 'Purchase', { value: 1 }, { eventID: 'o1' }]])
    expect(rdt.mock.calls).toEqual([['track', 'Purchase', { value: 1, conversionId: 'o1' }]])
    expect(snaptr.mock.calls).toEqual([
      ['track', 'PURCHASE', { price: 1, transaction_id: 'o1', client_dedup_id: 'o1' }],
    ])
    await settle()
    expect(fired('o1')).toEqual({ meta: 'called', reddit: 'called', snapchat: 'called' })
  })

  test('only configured ones are called', () => {
    const [fbq, rdt] = [vi.fn(), vi.fn()]
    setGlobal('fbq', fbq)
    setGlobal('rdt', rdt)
    start({ pixels: { reddit: [] } }).track('Lead')
    expect([fbq.mock.calls.length, rdt.mock.calls.length]).toEqual([0, 1])
  })

  test('Snapchat gets no custom event', async () => {
    const snaptr = vi.fn()
    setGlobal('snaptr', snaptr)
    start({ pixels: { snapchat: [] } }).track('My Event', {}, { id: 'c1' })
    vi.advanceTimersByTime(5000)
    await settle()
    expect(snaptr).not.toHaveBeenCalled()
    expect(fired('c1')).toBeUndefined()
  })

  test('one that throws stops neither the others nor the post', async () => {
    const rdt = vi.fn()
    setGlobal('fbq', () => {
      throw new Error('their bug')
    })
    setGlobal('rdt', rdt)
    start({ pixels: { meta: [], reddit: [] } }).track('Lead', {}, { id: 'l1' })
    await settle()
    expect(rdt).toHaveBeenCalledOnce()
    expect(fired('l1')).toEqual({ reddit: 'called' })
  })

  test.each([
    ['comes in time', 1900, {}, 'called', 1],
    ['comes too late', 2200, {}, 'absent', 0],
    ['comes within a longer wait', 2200, { wait: '3000' }, 'called', 1],
  ])('a function that %s: the post does not wait, a proof follows', async (_name, afterMs, config, state, calls) => {
    const fbq = vi.fn()
    start({ pixels: { meta: [] }, ...config }).track('Lead', {}, { id: 'l1' })
    await settle()
    expect(postedEvents().map(({ event_id, fired }) => [event_id, fired])).toEqual([['l1', undefined]])
    vi.advanceTimersByTime(afterMs)
    setGlobal('fbq', fbq)
    vi.advanceTimersByTime(3000)
    expect(fbq).toHaveBeenCalledTimes(calls)
    expect(postedProofs()).toEqual([
      { event: 'generate_lead', event_id: 'l1', fired: { meta: state }, at: expect.any(Number) as number },
    ])
  })

  test('a purchase that was fired is posted again, not fired again', async () => {
    const fbq = vi.fn()
    setGlobal('fbq', fbq)
    start({ pixels: { meta: [] } }).track('purchase', { order_id: 'o1' })
    await settle()
    Reflect.deleteProperty(window, 'pairpixel') // the thank-you page is loaded again
    start({ pixels: { meta: [] } }).track('purchase', { order_id: 'o1' })
    await settle()
    vi.advanceTimersByTime(5000)
    expect(fbq).toHaveBeenCalledOnce()
    expect(postedEvents().map(({ event_id, fired }) => [event_id, fired])).toEqual([
      ['o1', { meta: 'called' }],
      ['o1', undefined],
    ])
    expect(postedProofs()).toEqual([])
  })
})

describe('page views', () => {
  const view = async (config = {}) => {
    start({ pixels: { meta: [], reddit: [], snapchat: [] }, wait: 0, ...config }).page({}, { id: 'v1' })
    hide()
    await settle()
    return fired('v1')
  }

  test('calls that still wait in a stub get our ID, live libraries are unmatched, others absent', async () => {
    const stub = stubOf('queue')
    stub('init', '111')
    stub('track', 'PageView')
    setGlobal('fbq', stub)
    setGlobal('rdt', Object.assign(stubOf('callQueue'), { sendEvent: () => undefined }))
    expect(await view()).toEqual({ meta: 'called', reddit: 'unmatched', snapchat: 'absent' })
    expect(stub.calls).toEqual([
      ['init', '111'],
      ['track', 'PageView', {}, { eventID: 'v1' }],
    ])
  })

  test.each([
    ['meta', 'fbq', 'queue', 'PageView', ['track', 'PageView', {}, { eventID: 'v1' }]],
    ['reddit', 'rdt', 'callQueue', 'PageVisit', ['track', 'PageVisit', { conversionId: 'v1' }]],
    ['snapchat', 'snaptr', 'queue', 'PAGE_VIEW', ['track', 'PAGE_VIEW', { client_dedup_id: 'v1' }]],
  ] as const)('the call in the stub of %s is marked', async (platform, fn, queueName, name, marked) => {
    const stub = stubOf(queueName)
    stub('track', name)
    setGlobal(fn, stub)
    expect(await view()).toMatchObject({ [platform]: 'called' })
    expect(stub.calls).toEqual([marked])
  })

  test('a stub without such a call is unmatched', async () => {
    setGlobal('fbq', stubOf('queue'))
    expect(await view()).toMatchObject({ meta: 'unmatched' })
  })

  test.each([
    ['in time', 2900, 'called', 1],
    ['after Snapchat’s own', 3100, 'unmatched', 0],
  ])('fired by us when asked for: %s', async (_name, ageMs, state, calls) => {
    const fbq = vi.fn()
    const snaptr = Object.assign(vi.fn(), { handleRequest: () => undefined })
    setGlobal('fbq', fbq)
    setGlobal('snaptr', snaptr)
    vi.advanceTimersByTime(ageMs)
    expect(await view({ firePageview: '1' })).toEqual({ meta: 'called', reddit: 'absent', snapchat: state })
    expect(fbq.mock.calls).toEqual([['track', 'PageView', {}, { eventID: 'v1' }]])
    expect(snaptr).toHaveBeenCalledTimes(calls)
  })
})
