import { request } from 'node:http'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { limits } from '../../shared/limits.ts'
import { openStore } from '../../server/store/index.ts'
import type { Store } from '../../server/store/store.ts'
import {
  aPurchase,
  postBackend,
  postPage,
  settingsTree,
  spawnCollector,
  temporaryFolder,
  type Child,
} from './harness.ts'

let collector: Running
let folder: ReturnType<typeof temporaryFolder>
beforeAll(async () => {
  folder = temporaryFolder()
  collector = await run(checkTree(settingsTree(undefined, { store: `sqlite:${folder.path}/bad.db` })), {
    logLevel: 'silent',
  })
})
afterAll(async () => {
  await collector.stop()
  folder.remove()
})

const event = JSON.stringify(aPurchase('x'))
const page =
  (body: string | Buffer, headers: Record<string, string> = {}) =>
  (url: string) =>
    fetch(`${url}/e`, { method: 'POST', body: body as BodyInit, headers: { 'content-type': 'text/plain', ...headers } })

/** Bad input, what it is answered with: a short code and one sentence. */
const bad: readonly (readonly [string, (url: string) => Promise<Response>, number, string])[] = [
  ['malformed JSON', page('{"events":[{'), 400, 'BODY_NOT_JSON'],
  ['an empty body', page(''), 400, 'BODY_NOT_JSON'],
  ['a wrong type', page('5'), 400, 'BODY_WRONG_SHAPE'],
  ['events of a wrong type', page('{"site":"default","events":{"event":"x"}}'), 400, 'BODY_WRONG_SHAPE'],
  ['an event of a wrong type', page('{"site":"default","events":["x"]}'), 400, 'EVENTS_REFUSED'],
  ['a name of a wrong type', page('{"site":"default","events":[{"event":5}]}'), 400, 'EVENTS_REFUSED'],
  ['30,000-deep nesting', page('{"pixels":' + '['.repeat(30_000) + ']'.repeat(30_000) + '}'), 400, 'BODY_TOO_DEEP'],
  ['30,000-deep events', page('{"events":' + '['.repeat(30_000) + ']'.repeat(30_000) + '}'), 400, 'EVENTS_REFUSED'],
  [
    'invalid UTF-8',
    page(Buffer.concat([Buffer.from('{"event":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
    400,
    'BODY_NOT_UTF8',
  ],
  ['UTF-16', page(Buffer.from(event, 'utf16le')), 400, 'BODY_NOT_JSON'],
  ['a __proto__ key', page(`{"site":"default","events":[${event}],"__proto__":{"a":1}}`), 400, 'KEY_FORBIDDEN'],
  ['a __proto__ key of an event', page(`{"events":[{"event":"x","__proto__":{"a":1}}]}`), 400, 'EVENTS_REFUSED'],
  ['a 10 MB body', page('x'.repeat(10 * 1024 * 1024)), 413, 'BODY_TOO_LARGE'],
  ['a compressed body', page(event, { 'content-encoding': 'gzip' }), 415, 'BODY_UNREADABLE'],
  ['an unknown site', page(`{"site":"nobody","events":[${event}]}`), 404, 'SITE_UNKNOWN'],
  [
    'another origin',
    page(`{"site":"default","events":[${event}]}`, { origin: 'https://evil.example' }),
    403,
    'ORIGIN_REFUSED',
  ],
  ['a bad bearer key', (url) => postBackend(url, event, 'no-such-key'), 401, 'SERVER_KEY_REFUSED'],
  ['no bearer key', (url) => fetch(`${url}/v1/events`, { method: 'POST', body: event }), 401, 'SERVER_KEY_REFUSED'],
  [
    'too many events',
    (url) => postBackend(url, { events: Array.from({ length: 1001 }, () => ({})) }),
    413,
    'TOO_MANY_EVENTS',
  ],
  ['another method', (url) => fetch(`${url}/e`), 405, 'METHOD_REFUSED'],
  ['another address', (url) => fetch(`${url}/nothing`), 404, 'NOT_FOUND'],
]

describe('is refused with a short code and one sentence, and nothing is stored', () => {
  test.each(bad)('%s', async (_, send, status, code) => {
    const answer = await send(collector.url)
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect([answer.status, error.code]).toEqual([status, code])
    expect(error.message).toMatch(/^[A-Z].{5,120}\.$/)
    expect(await collector.collector.store.counts()).toMatchObject({ events: 0, copies: 0 })
  })

  test('a 10 MB body without a length: 413, read no further than the limit', async () => {
    const status = await new Promise((resolve, reject) => {
      const chunked = request(`${collector.url}/e`, { method: 'POST' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      chunked.on('error', reject)
      for (let i = 0; i < 160; i++) chunked.write('x'.repeat(65_536))
      chunked.end()
    })
    expect(status).toBe(413)
  })
})

test('one bad event in a batch of 20: 19 are stored, one is refused with its index and every issue', async () => {
  const events = Array.from({ length: 20 }, (_, index) =>
    index === 4 ? { event: '', event_time: 'never' } : aPurchase(`mixed-${index}`),
  )
  const answer = await postPage(collector.url, { site: 'default', events })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    refused: [
      {
        index: 4,
        issues: [
          { path: 'event', code: 'missing', message: 'event has no name.' },
          { path: 'event_time', code: 'bad_time', message: 'event_time is neither ISO 8601 nor epoch milliseconds.' },
        ],
      },
    ],
  })
  expect((await collector.collector.store.counts()).events).toBe(19)
})

/** An object in an object, so many times. */
const nested = (depth: number): unknown => (depth ? { in: nested(depth - 1) } : 1)
const tooDeep = { path: '', code: 'too_deep', message: 'The event is nested deeper than 12.' }
const forbidden = { path: '', code: 'key_forbidden', message: 'The event has a key named __proto__.' }

describe('an event that is not to be read is refused alone', () => {
  const body = (id: string, unreadable: string) => `{"events":[${unreadable},${JSON.stringify(aPurchase(id))}]}`
  test.each([
    ['too deep', JSON.stringify({ event: 'opened_menu', props: { tree: nested(14) } }), tooDeep],
    ['far too deep', `{"event":"opened_menu","props":{"tree":${'['.repeat(9000)}${']'.repeat(9000)}}}`, tooDeep],
    ['with a forbidden key', '{"event":"opened_menu","screen":[1,2],"__proto__":{"to":["meta"]}}', forbidden],
  ])('%s', async (what, unreadable, issue) => {
    const { store } = collector.collector
    const before = await store.counts()
    const answer = await postPage(collector.url, body(`beside ${what}`.replaceAll(' ', '-'), unreadable))
    expect([answer.status, await answer.json()]).toEqual([200, { refused: [{ index: 0, issues: [issue] }] }])
    const backend = await postBackend(collector.url, body(`behind ${what}`.replaceAll(' ', '-'), unreadable))
    expect(backend.status).toBe(202)
    expect(await backend.json()).toMatchObject({
      results: [
        { index: 0, result: 'refused', issues: [issue] },
        { index: 1, result: 'stored' },
      ],
    })
    expect((await store.counts()).events - before.events).toBe(2)
  })
})

test('a purchase of 400 items is taken, with the first 200', async () => {
  const items = Array.from({ length: 400 }, (_, at) => ({
    id: `SKU-${at}`,
    name: `A cap with a name as long as names of a shop are, of colour ${at} and size ${at}`,
    category: 'Clothing > Hats > Caps > Summer',
    quantity: 1,
    price: 12.5,
  }))
  const body = JSON.stringify({ events: [aPurchase('large', { items })] })
  expect(body.length).toBeGreaterThan(65_536)
  const kept: (number | undefined)[] = []
  const { store } = collector.collector
  const watched: Store = {
    ...store,
    append(copies) {
      kept.push(...copies.map(({ event: stored }) => stored?.items?.length))
      return store.append(copies)
    },
    close: () => Promise.resolve(),
  }
  const other = await run(checkTree(settingsTree(undefined)), { logLevel: 'silent', store: watched })
  try {
    expect((await postPage(other.url, body)).status).toBe(204)
    expect(kept).toEqual([200])
  } finally {
    await other.stop()
  }
})

test.each([
  [limits.browserBodyBytes - 1, 204],
  [limits.browserBodyBytes, 204],
  [limits.browserBodyBytes + 1, 413],
])('a body of %d bytes at /e: %d', async (bytes, status) => {
  const body = JSON.stringify({ events: [aPurchase(`of-${bytes}`)] }).padEnd(bytes)
  expect((await postPage(collector.url, body)).status).toBe(status)
})

test('a store that cannot write: 503 with Retry-After, never 2xx', async () => {
  const broken: Store = {
    ...collector.collector.store,
    append: (copies) => Promise.resolve(copies.map(() => 'failed' as const)),
    close: () => Promise.resolve(),
  }
  const other = await run(checkTree(settingsTree(undefined)), { logLevel: 'silent', store: broken })
  try {
    const answers = [
      await postPage(other.url, { site: 'default', events: [aPurchase('y')] }),
      await postBackend(other.url, aPurchase('y')),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await answer.json()).toMatchObject({ error: { code: 'STORE_UNAVAILABLE' } })
    }
  } finally {
    await other.stop()
  }
})

test('a store that is gone: proofs get 503 too, and the page may read it', async () => {
  const store = await openStore('memory:')
  const other = await run(checkTree(settingsTree(undefined)), { logLevel: 'silent', store })
  try {
    await store.close()
    const proofs = [{ event: 'purchase', event_id: 'z', fired: { meta: 'requested' } }]
    const answer = await postPage(other.url, { site: 'default', proofs })
    expect([
      answer.status,
      answer.headers.get('retry-after'),
      answer.headers.get('access-control-allow-origin'),
    ]).toEqual([503, '5', 'https://shop.example'])
  } finally {
    await other.stop()
  }
})

test('a page of a foreign origin may not read why it was refused', async () => {
  const answer = await postPage(collector.url, '{"events":[{', { origin: 'https://evil.example' })
  expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([
    400,
    null,
    'Origin',
  ])
})

test('some kept, some not: 503, and the repeat is harmless', async () => {
  const { store } = collector.collector
  const second: Store = {
    ...store,
    append: async (copies) => (await store.append(copies.slice(0, 1))).concat(copies.slice(1).map(() => 'failed')),
    close: () => Promise.resolve(),
  }
  const other = await run(checkTree(settingsTree(undefined)), { logLevel: 'silent', store: second })
  const before = await store.counts()
  const body = { events: [aPurchase('half-1'), aPurchase('half-2')] }
  try {
    expect((await postBackend(other.url, body)).status).toBe(503)
  } finally {
    await other.stop()
  }
  const answer = await postBackend(collector.url, body)
  expect(await answer.json()).toMatchObject({ results: [{ result: 'duplicate' }, { result: 'stored' }] })
  expect((await store.counts()).events - before.events).toBe(2)
})

describe('a thousand of each', () => {
  let child: Child
  beforeAll(
    async () =>
      void (child = await spawnCollector(settingsTree(undefined, { store: `sqlite:${folder.path}/child.db` }))),
  )
  afterAll(() => child.kill())
  const residentMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024

  // The 10 MB body is a matter of minutes a thousand times over fetch; its length alone decides, so the length is sent.
  const large = (url: string) =>
    new Promise<Response>((resolve, reject) => {
      const one = request(`${url}/e`, { method: 'POST', headers: { 'content-length': 10 * 1024 * 1024 } }, (answer) => {
        answer.resume()
        answer.on('end', () => {
          one.destroy()
          resolve(new Response(null, { status: answer.statusCode ?? 0 }))
        })
      })
      one.on('error', reject)
      one.write('x'.repeat(65_536))
    })

  test('leave the process as it was, and memory within 30 MB', { timeout: 300_000 }, async () => {
    const kinds = bad.map(([name, send]) => (name === 'a 10 MB body' ? large : send))
    const round = async (times: number) => {
      for (const send of kinds)
        for (let done = 0; done < times; done += 20)
          await Promise.all(Array.from({ length: 20 }, async () => (await send(child.url)).arrayBuffer()))
    }
    await round(100) // the engine warms up: code is compiled, heaps find their size
    const before = residentMb()
    await round(1000)
    expect((await fetch(`${child.url}/readyz`)).status).toBe(200)
    expect(residentMb() - before).toBeLessThan(30)
  })
})
