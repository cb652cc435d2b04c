import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accept } from '../../server/accept.ts'
import { readBatch } from '../../server/collect/batch.ts'
import { createRoutes } from '../../server/collect/routes.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { NewCopy } from '../../server/store/store.ts'

const origin = 'https://www.shop.example'
const destination = { pixel_id: '1', access_token: 'fake' }
const siteOf = (change: object = {}) =>
  checkTree({ origins: [origin, 'http://www.shop.example'], destinations: { meta: destination }, ...change }).sites[0]!

describe('a batch that takes consent back', () => {
  test.each<[string, object, unknown]>([
    ['without events', { revoke: true }, { events: [], proofs: [], revoke: true }],
    ['as a number', { revoke: 1 }, { events: [], proofs: [], revoke: true }],
    ['with an event', { revoke: true, events: [{}] }, { events: [{}], proofs: [], revoke: true }],
    ['an event without it', { revoke: false, events: [{}] }, { events: [{}], proofs: [] }],
  ])('%s', (_what, body, batch) => expect(readBatch(body, 3)).toEqual({ batch }))

  test.each([false, 0, 'please', null, {}])('%j takes nothing back', (revoke) =>
    expect(readBatch({ revoke }, 3)).toMatchObject({ refusal: { code: 'BODY_WRONG_SHAPE' } }),
  )
})

describe('its answer', () => {
  let server: Server
  let url = ''
  beforeEach(async () => {
    const routes = createRoutes({
      sites: [siteOf()],
      accept: (_site, _kind, { events }) =>
        Promise.resolve(
          events.flatMap((event, index) =>
            event === 'no event' ? [{ index, result: 'refused' as const, issues: [] }] : [],
          ),
        ),
      cookies: () => ['_pps=kept'],
      stopping: () => false,
    })
    server = createServer((request, response) => void routes.fromBrowser(request, response))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterEach(() => new Promise((done) => server.close(done)))

  const post = async (body: object, from = origin) => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { Origin: from } })
    return [answer.status, answer.headers.getSetCookie()]
  }
  const tail = '; Path=/; Domain=shop.example; Max-Age=0; SameSite=Lax'

  test.each<[string, object, string, string[]]>([
    [
      'from a page over TLS',
      { domain: 'shop.example' },
      origin,
      [`_pp=${tail}; Secure`, `_pps=${tail}; Secure; HttpOnly`],
    ],
    ['without TLS', { domain: 'shop.example' }, 'http://www.shop.example', [`_pp=${tail}`, `_pps=${tail}; HttpOnly`]],
    [
      'where cookies take no domain',
      {},
      origin,
      ['_pp=; Path=/; Max-Age=0; SameSite=Lax; Secure', '_pps=; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly'],
    ],
    [
      'what is no domain is left out',
      { domain: 'x; Path=/y' },
      'http://www.shop.example',
      ['_pp=; Path=/; Max-Age=0; SameSite=Lax', '_pps=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly'],
    ],
  ])('%s', async (_what, more, from, lines) => {
    expect(await post({ revoke: true, ...more }, from)).toEqual([204, lines])
  })

  test('beside an event that is none too', async () => {
    const [status, lines] = await post({ revoke: true, domain: 'shop.example', events: ['no event'] })
    expect([status, lines]).toEqual([200, [`_pp=${tail}; Secure`, `_pps=${tail}; Secure; HttpOnly`]])
  })

  test('a page of another site takes nothing back', async () => {
    expect(await post({ revoke: true }, 'https://elsewhere.example')).toEqual([403, []])
  })

  test('other batches keep their cookies', async () => {
    expect(await post({ events: [{ event: 'Lead' }] })).toEqual([204, ['_pps=kept']])
  })
})

describe('where the site asks its visitors, silence is no yes', () => {
  test.each<[string, string, 'browser' | 'backend', object, (string | undefined)[]]>([
    ['a page that says nothing', 'wait', 'browser', {}, ['consent_unknown']],
    ['a page that does not know', 'auto', 'browser', { consent: { state: 'unknown' } }, ['consent_unknown']],
    ['a page that says limits only', 'tcf', 'browser', { consent: { limited: true } }, ['consent_unknown']],
    ['a page with a yes', 'gcm', 'browser', { consent: { state: 'granted' } }, [undefined]],
    ['a page with a no', 'gcm', 'browser', { consent: { state: 'denied' } }, ['consent_denied']],
    ['a back end', 'wait', 'backend', {}, [undefined]],
    ['a site that does not ask', 'none', 'browser', {}, [undefined]],
  ])('%s', async (_what, mode, kind, event, expected) => {
    const copies: NewCopy[] = []
    const nudged: string[] = []
    const batch = { events: [{ event: 'Lead', event_id: 'l1', ...event }], proofs: [] }
    await accept(siteOf({ consent: mode }), kind, batch, { headers: {} } as never, {
      store: {
        append: (added) => Promise.resolve(added.map((copy) => (copies.push(copy), 'stored' as const))),
        prove: () => Promise.resolve(true),
        revoke: () => Promise.resolve(0),
      },
      now: () => 1000,
      newId: () => 'new',
      readVisitor: () => ({ cookies: {}, optOut: false }),
      nudge: (instance) => nudged.push(instance),
      log: () => undefined,
    })
    expect(copies[0]?.deliveries.map(({ suppressed }) => suppressed)).toEqual(expected)
    expect(nudged).toEqual(expected[0] ? [] : ['meta'])
  })
})
