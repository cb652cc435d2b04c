import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import dataLayer, { type DataLayerOptions } from '../../client/features/data-layer.ts'
import ourNames from '../../client/features/our-names.ts'
import type { PixelConfig } from '../../client/api.ts'
import { closePage, newPage, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  for (const name of ['dataLayer', 'mine']) Reflect.deleteProperty(window, name)
  closePage()
})

const layer = (name = 'dataLayer') => (window as unknown as Record<string, unknown[]>)[name]!
/** As Google's snippet has it. */
function gtag(..._args: unknown[]): void {
  // eslint-disable-next-line prefer-rest-params
  layer().push(arguments)
}
const open = async (options: PixelConfig & DataLayerOptions = {}) => {
  const pixel = start({ features: [ourNames, dataLayer], ...options })
  await settle()
  return pixel
}
const told = async () => {
  await settle()
  return postedEvents().map(({ event, event_id, value }) => [event, event_id, value])
}

describe('what the data layer says', () => {
  test('GA4’s e-commerce object', async () => {
    await open()
    layer().push({
      event: 'purchase',
      event_id: 'e1',
      coupon: 'X',
      'gtm.uniqueEventId': 3,
      ecommerce: { transaction_id: 'T1', value: 9, currency: 'EUR', items: [{ item_id: 'a', quantity: 2 }] },
    })
    await settle()
    expect(postedEvents()).toMatchObject([
      {
        ...{ event: 'purchase', event_id: 'e1', origin: 'data_layer', order_id: 'T1', value: 9, currency: 'EUR' },
        items: [{ id: 'a', quantity: 2 }],
        props: { coupon: 'X' },
      },
    ])
  })

  test('an order number is the ID where none is given', async () => {
    await open()
    layer().push({ event: 'purchase', ecommerce: { transaction_id: 'T1', value: 9 } })
    expect(await told()).toEqual([['purchase', 'T1', 9]])
  })

  test('a call of gtag', async () => {
    await open()
    gtag('event', 'generate_lead', { value: 4, event_id: 'g1', send_to: 'G-1', method: 'phone' })
    await settle()
    expect(postedEvents()).toMatchObject([
      { event: 'generate_lead', event_id: 'g1', value: 4, props: { method: 'phone' } },
    ])
    expect(postedEvents()[0]?.props).toEqual({ method: 'phone' })
  })

  test('a call of gtag without parameters', async () => {
    await open()
    gtag('event', 'sign_up')
    expect((await told()).map(([event]) => event)).toEqual(['sign_up'])
  })

  test('what stood there before, once and in order', async () => {
    setGlobal('dataLayer', [
      { event: 'search', event_id: 's1' },
      { event: 'generate_lead', event_id: 'l1' },
    ])
    await open()
    window.dispatchEvent(new Event('load'))
    expect(await told()).toEqual([
      ['search', 's1', undefined],
      ['generate_lead', 'l1', undefined],
    ])
  })

  test('calls made before the script had loaded go first', async () => {
    setGlobal('dataLayer', [{ event: 'generate_lead', event_id: 'l1' }])
    setGlobal(
      'pairpixel',
      Object.assign(() => undefined, { q: [['identify', { email: 'a@b.example' }]] }),
    )
    await open()
    await settle()
    expect(postedEvents()).toMatchObject([{ event_id: 'l1', user: { email: 'a@b.example' } }])
  })

  test.each<[string, unknown]>([
    ['GTM’s own', { event: 'gtm.dom' }],
    ['what GTM repeats of a call', { event: 'purchase', eventModel: { value: 1 } }],
    ['a name that is no standard event', { event: 'newsletter' }],
    ['no event', { ecommerce: null }],
    ['an event that is no text', { event: 7 }],
    ['an array that is no call', ['event', 'purchase', {}]],
    ['a function', () => undefined],
    ['null', null],
    ['a text', 'purchase'],
  ])('left alone: %s', async (_name, entry) => {
    await open()
    expect(() => layer().push(entry)).not.toThrow()
    gtag('config', 'G-1')
    gtag('set', 'user_data', {})
    layer().push({ event: 'search', event_id: 'after' })
    expect(await told()).toEqual([['search', 'after', undefined]])
  })

  test('all names, where the page asks for it', async () => {
    await open({ datalayer: 'all' })
    layer().push({ event: 'newsletter', event_id: 'n1' }, { event: 'gtm.click' })
    expect(await told()).toEqual([['newsletter', 'n1', undefined]])
  })

  test.each([
    ['are ours while they are automatic', '1', 1],
    ['are the data layer’s otherwise', '0', 2],
  ])('page views %s', async (_name, auto, count) => {
    const pixel = await open({ auto })
    if (auto === '0') pixel.page()
    layer().push({ event: 'page_view' })
    vi.advanceTimersByTime(1000)
    expect(await told()).toHaveLength(count)
  })

  test('a data layer of another name, and none at all', async () => {
    setGlobal('mine', [{ event: 'search', event_id: 's1' }])
    await open({ layer: 'mine' })
    expect(await told()).toEqual([['search', 's1', undefined]])
    expect(layer()).toBeUndefined()
  })

  test('switched off by the page', async () => {
    setGlobal('dataLayer', [{ event: 'search' }])
    await open({ datalayer: '0' })
    layer().push({ event: 'search' })
    expect(await told()).toEqual([])
  })
})

describe('the data layer stays the page’s', () => {
  test('its `push` answers as before and is called as before', async () => {
    const push = vi.fn(() => 'theirs')
    const list = Object.assign([], { push })
    setGlobal('dataLayer', list)
    await open()
    expect(list.push({ event: 'search' } as never, 2 as never)).toBe('theirs')
    expect(push.mock.calls).toEqual([[{ event: 'search' }, 2]])
    expect(push.mock.contexts[0]).toBe(list)
    expect((await told()).length).toBe(1)
  })

  test('an error of theirs is theirs, an error of ours is nobody’s', async () => {
    const list = Object.assign([] as unknown[], {
      push: () => {
        throw new Error('theirs')
      },
    })
    setGlobal('dataLayer', list)
    await open()
    expect(() => list.push()).toThrow('theirs')
    setGlobal('dataLayer', [])
    window.dispatchEvent(new Event('load'))
    const trap = {
      event: 'search',
      get ecommerce() {
        throw new Error('trap')
      },
    }
    expect(() => layer().push(trap, { event: 'search', event_id: 'after' })).not.toThrow()
    expect(await told()).toEqual([['search', 'after', undefined]])
  })

  test('an array put in its place while the page loads is heard', async () => {
    await open()
    setGlobal('dataLayer', [{ event: 'search', event_id: 's1' }])
    document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }))
    layer().push({ event: 'generate_lead', event_id: 'l1' })
    expect((await told()).map(([event]) => event)).toEqual(['search', 'generate_lead'])
  })

  test('what a platform’s pixel writes there when it fires is not told', async () => {
    setGlobal('fbq', () => layer().push({ event: 'generate_lead', event_id: 'loop' }))
    await open()
    layer().push({ event: 'search', event_id: 's1' })
    expect(await told()).toEqual([['search', 's1', undefined]])
  })

  test('what a tag pushes while another push is under way is told too', async () => {
    const list: unknown[] = []
    list.push = (...entries) => {
      if ((entries[0] as { event: string }).event === 'search') list.push({ event: 'generate_lead', event_id: 'inner' })
      return Array.prototype.push.apply(list, entries)
    }
    setGlobal('dataLayer', list)
    await open()
    layer().push({ event: 'search', event_id: 'outer' })
    expect((await told()).map(([, id]) => id)).toEqual(['inner', 'outer'])
  })
})
