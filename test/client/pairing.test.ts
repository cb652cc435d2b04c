import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { posted, settle } from './page.ts'
import {
  addLibrary,
  addStub,
  call,
  closePixelPage,
  fnOf,
  hits,
  letSnapSend,
  names,
  newPixelPage,
  pair,
  pixels,
  runScript,
  twins,
  wireId,
  type Name,
} from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(closePixelPage)

/** One hit and one twin, under one ID. */
const expectPair = async (name: Name, id?: string) => {
  const told = await twins()
  expect(told).toHaveLength(1)
  const { fn, names: own, init } = pixels[name]
  expect(told[0]).toMatchObject({
    event: 'purchase',
    value: 5,
    currency: 'EUR',
    origin: fn,
    to: [name],
    names: { [name]: own[0] },
    fired: { [name]: 'called' },
    ...(id && { event_id: id }),
  })
  expect(hits).toEqual([{ name, event: own[0], pixel: init[1], id: wireId(name, told[0]!.event_id) }])
}

/** The ways a page may bring its pixel and our script. */
const orders: [string, (name: Name, order: readonly unknown[]) => void][] = [
  [
    'stub and calls, then ours',
    (name, order) => {
      addStub(name)
      call(name, ...pixels[name].init)
      call(name, ...order)
      pair()
      addLibrary(name)
    },
  ],
  [
    'ours, then stub and calls',
    (name, order) => {
      pair()
      addStub(name)
      call(name, ...pixels[name].init)
      call(name, ...order)
      addLibrary(name)
    },
  ],
  [
    'a live library, then ours',
    (name, order) => {
      addStub(name)
      call(name, ...pixels[name].init)
      addLibrary(name)
      pair()
      call(name, ...order)
    },
  ],
  [
    'ours, then a library that is live when the call comes',
    (name, order) => {
      pair()
      addStub(name)
      addLibrary(name)
      call(name, ...pixels[name].init)
      call(name, ...order)
    },
  ],
]
const everywhere = orders.flatMap(([how, run]) => names.map((name): [string, Name, typeof run] => [how, name, run]))

test.each(everywhere)('%s (%s): the hit and its twin share an ID', async (_how, name, run) => {
  run(name, pixels[name].order())
  await expectPair(name)
})

test.each(everywhere)('%s (%s): the site’s own ID is kept', async (_how, name, run) => {
  run(name, pixels[name].order('order-7'))
  await expectPair(name, 'order-7')
})

test.each<[string, Name, readonly unknown[]]>([
  ['a number', 'meta', pixels.meta.order(77)],
  ['a nested object', 'meta', pixels.meta.order({ eventID: '77' })],
  ['event_id', 'meta', ['track', 'Purchase', { value: 5, currency: 'EUR' }, { event_id: '77' }]],
  ['a number that Reddit would drop', 'reddit', pixels.reddit.order(77)],
  [
    'client_deduplication_id',
    'snapchat',
    ['track', 'PURCHASE', { price: 5, currency: 'EUR', client_deduplication_id: '77' }],
  ],
  ['cdid', 'snapchat', ['track', 'PURCHASE', { price: 5, currency: 'EUR', cdid: 77 }]],
])('the site’s own ID as %s (%s)', async (_how, name, order) => {
  orders[1]![1](name, order)
  await expectPair(name, '77')
})

test.each<[string, readonly unknown[]]>([
  ['with a space', pixels.meta.order('order 7')],
  ['longer than any', pixels.meta.order('7'.repeat(129))],
  ['of a gateway', pixels.meta.order(`ob3_plugin-set_${'0'.repeat(64)}`)],
])('an ID %s stays as it is, and nothing is posted beside it', async (_how, order) => {
  orders[2]![1]('meta', order)
  expect(await twins()).toEqual([])
  expect(hits.map(({ id }) => id)).toEqual([(order[3] as { eventID: string }).eventID])
})

test.each(names)('what is told of no event passes as it is (%s)', (name) => {
  pair()
  addStub(name)
  const given = [['init', 'x', {}], ['consent', 'revoke'], ['trackAll', 'X'], ['set', 'track', 'X'], ['track'], [], [7]]
  for (const one of given) call(name, ...one)
  const queue = fnOf(name)[pixels[name].queue] as ArrayLike<unknown>[]
  expect(queue.map((one) => Array.from(one))).toEqual(given)
})

describe('several pixels of a platform', () => {
  const two = () => {
    pair()
    addStub('meta')
    call('meta', 'init', '111')
    call('meta', 'init', '222')
    addLibrary('meta')
  }

  test('one call makes a hit each, under one ID', async () => {
    two()
    call('meta', 'track', 'Lead')
    const told = await twins()
    expect(told).toHaveLength(1)
    expect(hits.map(({ pixel, id }) => [pixel, id])).toEqual([
      ['111', told[0]?.event_id],
      ['222', told[0]?.event_id],
    ])
  })

  test.each([
    ['trackSingle', 'Lead'],
    ['trackSingleCustom', 'My Event'],
  ])('a %s each shares one ID; each is told for the pixel it names', async (command, event) => {
    two()
    call('meta', command, '111', event, { value: 1 })
    call('meta', command, '222', event, { value: 1 })
    const told = await twins()
    expect(told.map(({ names, to }) => [names, to])).toEqual([
      [{ meta: event }, ['111']],
      [{ meta: event }, ['222']],
    ])
    expect(hits.map(({ pixel, id }) => [pixel, id])).toEqual([
      ['111', told[0]?.event_id],
      ['222', told[0]?.event_id],
    ])
    expect(told[1]?.event_id).toBe(told[0]?.event_id)
  })

  test('the same call twice is two events', async () => {
    two()
    call('meta', 'trackSingle', '111', 'Lead', { value: 1 })
    call('meta', 'trackSingle', '111', 'Lead', { value: 1 })
    const ids = (await twins()).map(({ event_id }) => event_id)
    expect(new Set(ids).size).toBe(2)
    expect(hits.map(({ id }) => id)).toEqual(ids)
  })

  test('one that is not the site’s is left alone', async () => {
    pair({ pixels: { meta: ['111'] } })
    addStub('meta')
    call('meta', 'init', '999')
    addLibrary('meta')
    call('meta', 'trackSingle', '999', 'Lead')
    expect(await twins()).toEqual([])
    expect(hits).toEqual([{ name: 'meta', event: 'Lead', pixel: '999', id: '' }])
  })

  test('Snapchat’s form with a pixel’s ID keeps its name', async () => {
    const [, first] = pixels.snapchat.init
    const second = first.replace(/^1/, '2')
    pair()
    addStub('snapchat')
    for (const id of [first, second]) call('snapchat', 'init', id)
    addLibrary('snapchat')
    call('snapchat', 'TRACK', second, 'PURCHASE', { price: 5 })
    const told = await twins()
    expect(told.map(({ names, value }) => [names, value])).toEqual([[{ snapchat: 'PURCHASE' }, 5]])
    expect(hits).toEqual([{ name: 'snapchat', event: 'PURCHASE', pixel: second, id: told[0]?.event_id }])
  })
})

test.each([
  ['a platform that the site has not', { pixels: { reddit: [] } }],
  ['`off`', { pair: 'off' }],
])('%s: nothing is watched or told', async (_why, config) => {
  pair(config)
  addStub('meta')
  call('meta', ...pixels.meta.init)
  call('meta', ...pixels.meta.order())
  addLibrary('meta')
  expect(await twins()).toEqual([])
  expect(hits.map(({ id }) => id)).toEqual([''])
})

test.each(names)('`ids`: calls get IDs, nothing is posted (%s)', async (name) => {
  pair({ pair: 'ids' })
  addStub(name)
  call(name, ...pixels[name].init)
  call(name, ...pixels[name].order())
  addLibrary(name)
  expect(await twins()).toEqual([])
  expect(posted).toEqual([])
  expect(hits).toHaveLength(1)
  expect(hits[0]?.id).toMatch(name === 'reddit' ? /^[0-9a-f]{64}$/ : /^[0-9a-f-]{36}$/)
})

test('Meta’s consent lock, which puts live calls back into the queue: they leave once, with their IDs', async () => {
  pair()
  addStub('meta')
  call('meta', 'consent', 'revoke')
  call('meta', ...pixels.meta.init)
  addLibrary('meta')
  await settle()
  call('meta', ...pixels.meta.order())
  expect(hits).toEqual([])
  call('meta', 'consent', 'grant')
  await expectPair('meta')
})

test('a library that is there twice', async () => {
  pair()
  addStub('meta')
  call('meta', ...pixels.meta.init)
  addLibrary('meta')
  addLibrary('meta')
  call('meta', ...pixels.meta.order())
  await expectPair('meta')
})

test.each(names)('a stub that another overwrites (%s)', async (name) => {
  const { fn, stub } = pixels[name]
  pair()
  addStub(name)
  addLibrary(name)
  runScript(`window.${fn}=undefined;${stub}`)
  call(name, ...pixels[name].init)
  call(name, ...pixels[name].order())
  addLibrary(name)
  letSnapSend()
  await expectPair(name)
})
