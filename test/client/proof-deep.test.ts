import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import proof from '../../client/features/proof.ts'
import proofDeep from '../../client/features/proof-deep.ts'
import {
  addPlatforms,
  closePage,
  firedOf,
  newPage,
  postedProofs,
  resourceLoaded,
  scriptFails,
  settle,
  start,
} from './page.ts'

const images = HTMLImageElement.prototype
/** As values: these functions are compared and called on what is no image. */
interface Accessor {
  readonly get: (this: unknown) => string
  readonly set: (this: unknown, given: unknown) => void
  readonly configurable?: boolean
  readonly enumerable?: boolean
}
const accessor = (): Accessor => Object.getOwnPropertyDescriptor(images, 'src') as unknown as Accessor
const own = accessor()

beforeEach(newPage)
afterEach(() => {
  Object.defineProperty(images, 'src', own)
  closePage()
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const metaHit = (id: string, name = 'Lead', host = 'www.facebook.com') =>
  `https://${host}/tr/?id=111&ev=${name}&dl=https%3A%2F%2Fwww.shop.com&eid=${id}&rqm=GET`
const redditHit = (id: string, name = 'Lead', host = 'alb.reddit.com') =>
  `https://${host}/rp.gif?ts=1&id=a2&event=${name}&m.conversionId=${sha256(id)}`

const deep = (settings = {}) => start({ features: [proof, proofDeep], pixels: { meta: [], reddit: [] }, ...settings })
/** A platform's library sends a hit. */
const send = (url: string): HTMLImageElement => Object.assign(new Image(), { src: url })
const answer = (image: HTMLImageElement, type: 'load' | 'error') => image.dispatchEvent(new Event(type))

/** What the collector knows in the end, whatever was posted when. */
const stateOf = async (id: string) => {
  await settle()
  vi.advanceTimersByTime(1000)
  await settle()
  const told = postedProofs().filter(({ event_id }) => event_id === id)
  return [firedOf(id), ...told.map(({ fired }) => fired)].at(-1)
}
const called = { meta: 'called', reddit: 'called' }
const lead = async () => {
  addPlatforms()
  deep().track('Lead', {}, { id: 'order/1' })
  await settle()
}

describe('a hit', () => {
  test.each<[string, () => void, object]>([
    ['of Meta’s is answered', () => answer(send(metaHit('order%2F1')), 'load'), { ...called, meta: 'sent' }],
    ['of Meta’s fails', () => answer(send(metaHit('order%2F1')), 'error'), { ...called, meta: 'blocked' }],
    ['of Reddit’s is answered', () => answer(send(redditHit('order/1')), 'load'), { ...called, reddit: 'sent' }],
    ['of Reddit’s fails', () => answer(send(redditHit('order/1')), 'error'), { ...called, reddit: 'blocked' }],
    ['is not answered yet', () => void send(metaHit('order%2F1')), called],
    ['of another event', () => answer(send(metaHit('order%2F2')), 'load'), called],
    [
      'to another host, which has the path',
      () => answer(send(metaHit('order%2F1', 'Lead', 'www.shop.com')), 'load'),
      called,
    ],
    [
      'to a host that begins alike',
      () => answer(send(metaHit('order%2F1', 'Lead', 'www.facebook.com.shop.com')), 'load'),
      called,
    ],
    [
      'that another address carries along',
      () => answer(send(`https://www.shop.com/i.gif?${metaHit('order%2F1')}`), 'load'),
      called,
    ],
    [
      'of which one pixel’s fails and one’s is answered',
      () => {
        answer(send(metaHit('order%2F1')), 'error')
        answer(send(metaHit('order%2F1').replace('id=111', 'id=222')), 'load')
        answer(send(metaHit('order%2F1').replace('id=111', 'id=333')), 'error')
      },
      { ...called, meta: 'sent' },
    ],
    [
      'whose image has another address by then',
      () => {
        const image = send(metaHit('order%2F1'))
        image.src = 'https://www.shop.com/logo.png'
        answer(image, 'load')
      },
      called,
    ],
    [
      'fails, and the browser shows it as it shows any',
      () => {
        const image = send(metaHit('order%2F1'))
        resourceLoaded(metaHit('order%2F1'))
        answer(image, 'error')
        resourceLoaded(metaHit('order%2F1'))
      },
      { ...called, meta: 'blocked' },
    ],
    [
      'is answered, and the library fails when it comes again',
      () => {
        answer(send(metaHit('order%2F1')), 'load')
        scriptFails('https://connect.facebook.net/en_US/fbevents.js')
      },
      { ...called, meta: 'sent' },
    ],
    ['that no image carries', () => resourceLoaded(metaHit('order%2F1')), { ...called, meta: 'requested' }],
  ])('%s', async (_what, happen, expected) => {
    await lead()
    happen()
    expect(await stateOf('order/1')).toEqual(expected)
  })

  test('leaves within the call, as Reddit’s does', async () => {
    const { rdt } = addPlatforms()
    const sent: HTMLImageElement[] = []
    rdt.mockImplementation(() => void sent.push(send(redditHit('order/1'))))
    deep().track('Lead', {}, { id: 'order/1' })
    answer(sent[0]!, 'error')
    expect(await stateOf('order/1')).toEqual({ ...called, reddit: 'blocked' })
  })

  test('that waits for an answer is not held back', async () => {
    const { fbq } = addPlatforms()
    Object.assign(fbq, { callMethod: fbq })
    deep({ pixels: { meta: [] } }).track('Lead', {}, { id: 'order/1' })
    await settle()
    const image = send(metaHit('order%2F1'))
    await settle()
    vi.advanceTimersByTime(20_000)
    expect(await stateOf('order/1')).toEqual({ meta: 'called' })
    answer(image, 'load')
    expect(await stateOf('order/1')).toEqual({ meta: 'sent' })
  })
})

describe('the page sees no difference', () => {
  test('in the property', () => {
    deep()
    const { set, ...rest } = accessor()
    expect({ ...rest, set: own.set }).toEqual(own)
    expect(accessor().get).toBe(own.get)
    expect(set).not.toBe(own.set)
    expect([set.name, set.length, 'prototype' in set]).toEqual([own.set.name, own.set.length, false])
    expect(Object.keys(new Image())).toEqual([])
  })

  test.each([
    ['an address', 'https://www.shop.com/a.png'],
    ['a relative one', '../b.png?x=1'],
    ['none', ''],
    ['a number', 5],
    ['an object', { toString: () => '/c.png' }],
  ])('when it sets %s', (_what, value) => {
    const plain = new Image()
    own.set.call(plain, value)
    deep()
    const image = send(value as string)
    expect([image.src, image.getAttribute('src')]).toEqual([plain.src, plain.getAttribute('src')])
  })

  test('when it hears what it set, once', () => {
    deep()
    const toString = vi.fn(() => metaHit('x'))
    send({ toString } as unknown as string)
    expect(toString).toHaveBeenCalledTimes(1)
  })

  const thrown = (run: () => unknown): unknown => {
    try {
      return run()
    } catch (error) {
      return (error as Error).message
    }
  }
  test.each<[string, unknown, unknown]>([
    ['something that is no image', document.createElement('a'), '/a.png'],
    ['the prototype', images, '/a.png'],
    ['a value that cannot be text', new Image(), Symbol('x')],
  ])('when it errs: %s', (_what, target, value) => {
    const before = thrown(() => own.set.call(target, value))
    deep()
    expect(before).toBeTypeOf('string')
    expect(thrown(() => accessor().set.call(target, value))).toBe(before)
  })

  test.each([
    [
      'a property that cannot be changed',
      () => {
        const { defineProperty } = Object
        vi.spyOn(Object, 'defineProperty').mockImplementation((target, ...rest) => {
          if (target === images) throw new TypeError('frozen')
          return defineProperty(target, ...rest)
        })
      },
    ],
    ['a browser that keeps it elsewhere', () => Reflect.deleteProperty(images, 'src')],
  ])('%s: nothing more is said', async (_what, prepare) => {
    addPlatforms()
    prepare()
    deep().track('Lead', {}, { id: 'l1' })
    vi.restoreAllMocks()
    Object.defineProperty(images, 'src', own)
    await settle()
    answer(send(metaHit('l1')), 'error')
    expect(await stateOf('l1')).toEqual(called)
    resourceLoaded(metaHit('l1'))
    expect(await stateOf('l1')).toEqual({ ...called, meta: 'requested' })
  })
})

test('Snapchat’s beacons stay as they are', async () => {
  addPlatforms()
  const functions = () => [Reflect.get(navigator, 'sendBeacon'), Reflect.get(window, 'fetch')] as const
  const before = functions()
  deep({ pixels: { snapchat: [] } }).track('Lead', {}, { id: 'l1' })
  functions().forEach((fn, at) => expect(fn).toBe(before[at]))
  expect(await stateOf('l1')).toEqual({ snapchat: 'called' })
})
