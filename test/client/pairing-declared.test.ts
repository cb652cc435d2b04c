import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  addLibrary,
  call,
  closePixelPage,
  fnOf,
  hits,
  newPixelPage,
  pair,
  pixels,
  runScript,
  twins,
} from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(closePixelPage)

// What a script declares cannot be taken from a page again, so each test here has a platform of its own.

test('`var fbq` refuses our property: its function is watched all the same', async () => {
  runScript(`var fbq = function () { fbq.callMethod ? fbq.callMethod.apply(fbq, arguments) : fbq.queue.push(arguments) }
    window._fbq = fbq.push = fbq; fbq.queue = []`)
  call('meta', ...pixels.meta.init)
  call('meta', 'track', 'Lead')
  expect(() => pair()).not.toThrow()
  addLibrary('meta')
  call('meta', 'track', 'Search')
  const told = await twins()
  expect(told.map(({ event }) => event)).toEqual(['generate_lead', 'search'])
  expect(hits.map(({ id }) => id)).toEqual(told.map(({ event_id }) => event_id))
})

test.each([['DOMContentLoaded'], ['load']])('a function declared after ours is found at %s', async (when) => {
  const name = when === 'load' ? 'reddit' : 'snapchat'
  const { fn, queue, live, init, order } = pixels[name]
  pair()
  runScript(`function ${fn}() { ${fn}.${live} ? ${fn}.${live}.apply(${fn}, arguments) : ${fn}.${queue}.push(arguments) }
    ${fn}.${queue} = []`)
  call(name, ...init)
  call(name, ...order())
  expect((fnOf(name)[queue] as ArrayLike<unknown>[])[1]).toHaveLength(3)
  expect(await twins()).toEqual([])
  window.dispatchEvent(new Event(when))
  addLibrary(name)
  vi.advanceTimersByTime(200)
  const told = await twins()
  expect(told.map(({ to }) => to)).toEqual([[name]])
  expect(hits).toHaveLength(1)
})
