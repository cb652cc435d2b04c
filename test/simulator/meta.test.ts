import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { meta as event, metaLead as lead } from './samples.ts'
import { accounts, change, now, post } from './start.ts'

useSimulators()
const { pixelId, token } = accounts.meta
const path = `/v26.0/${pixelId}/events`
const bearer = { authorization: `Bearer ${token}` }

const ok = { data: [event] }
const everyKey = {
  test_event_code: 'TEST1',
  partner_agent: 'pairpixel_0_1',
  upload_tag: 'a',
  namespace_id: '1',
  upload_id: '2',
  upload_source: 'b',
}
const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
  code?: number,
  subcode?: number,
][] = [
  ['Meta 1: the token in the header', { headers: bearer, body: ok }, 200],
  ['Meta 1: the token in the query', { path: `${path}?access_token=${token}`, body: ok }, 200],
  ['Meta 1: the token in the body', { body: { ...ok, access_token: token } }, 200],
  [
    'Meta 1: a form with the events as JSON text',
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ access_token: token, data: JSON.stringify([event]) }).toString(),
    },
    200,
  ],
  ['Meta 1: an older version', { path: path.replace('26', '22'), headers: bearer, body: ok }, 200],
  ['Meta 1: the oldest version', { path: path.replace('26', '21'), headers: bearer, body: ok }, 200],
  ['Meta 1: a version to come', { path: path.replace('26', '27'), headers: bearer, body: ok }, 400, 100],
  ['Meta 1: half a version', { path: path.replace('26.0', '26.5'), headers: bearer, body: ok }, 404],
  ['Meta 1: a version that is gone', { path: path.replace('26', '20'), headers: bearer, body: ok }, 400, 100],
  ['Meta 1: no version at all', { path: `/${pixelId}/events`, headers: bearer, body: ok }, 404],
  ['Meta 1: no token', { body: ok }, 401, 190],
  ['Meta 1: another token', { headers: { authorization: 'Bearer EAAnot' }, body: ok }, 401, 190, 467],
  ['Meta 1: another pixel', { path: '/v26.0/999/events', headers: bearer, body: ok }, 400, 100, 33],
  ['Meta 3: no JSON', { headers: bearer, body: '{"data":[' }, 400, 100],
  ['Meta 3: a bare list', { headers: bearer, body: [event] }, 400, 100],
  ['Meta 2: no events', { headers: bearer, body: { data: [] } }, 400, 100],
  ['Meta 2: one event', { headers: bearer, body: ok }, 200],
  ['Meta 2: 999 events', { headers: bearer, body: { data: Array(999).fill(lead) } }, 200],
  ['Meta 2: 1000 events', { headers: bearer, body: { data: Array(1000).fill(lead) } }, 200],
  ['Meta 2: 1001 events', { headers: bearer, body: { data: Array(1001).fill(lead) } }, 400, 100],
  ['Meta 3: every key', { headers: bearer, body: { ...ok, ...everyKey } }, 200],
  ...Object.keys(everyKey).map((key): (typeof envelopes)[number] => [
    `Meta 3: an empty ${key}`,
    { headers: bearer, body: { ...ok, [key]: '' } },
    400,
    100,
  ]),
  ['Meta 3: a test code that is no text', { headers: bearer, body: { ...ok, test_event_code: 1 } }, 400, 100],
  [
    'Meta 2: one bad event among good ones',
    { headers: bearer, body: { data: [event, change(lead, { user_data: {} }), lead] } },
    400,
    100,
    2804050,
  ],
]

test.each(envelopes)('%s', async (_sentence, call, status, code, subcode) => {
  const answer = await post(started.origin, { path, ...call })
  expect(answer.status).toBe(status)
  if (code) expect(answer.body).toMatchObject({ error: { code, ...(subcode && { error_subcode: subcode }) } })
  const { accepted, refused } = started.simulators.meta.state()
  expect(accepted.length > 0).toBe(status === 200)
  expect(refused).toHaveLength(status === 200 || status === 404 ? 0 : 1)
})

test('Meta 14: a test event code is no dry run', async () => {
  await post(started.origin, { path, headers: bearer, body: { ...ok, test_event_code: 'TEST123' } })
  expect(started.simulators.meta.state()).toMatchObject({
    accepted: [{ event: 'Purchase', id: 'order-1001', test: true, counts: true }],
    counted: [{ event: 'Purchase', id: 'order-1001', server: true, value: 142.52, currency: 'USD' }],
  })
})

test('Meta 1: a refused body is kept without its token', async () => {
  await post(started.origin, { path, body: { data: [], access_token: token } })
  const { refused } = started.simulators.meta.state()
  expect(refused).toMatchObject([{ status: 400, mode: 'ok', body: { data: [], access_token: '***' } }])
  expect(JSON.stringify(refused)).not.toContain(token)
})

const ends: [version: number, end: number][] = [
  [21, Date.UTC(2027, 0, 21)],
  [22, Date.UTC(2027, 4, 20)],
  [23, Date.UTC(2027, 9, 8)],
  [24, Date.UTC(2028, 1, 18)],
  [25, Date.UTC(2028, 6, 29)],
]
test.each(ends)('Meta 1: v%i.0 ends on its day', async (version, end) => {
  const ask = async (at: number): Promise<number> => {
    started.clock.now = at
    const asked = path.replace('26', String(version))
    const body = { data: [change(lead, { event_time: at / 1000 })] }
    return (await post(started.origin, { path: asked, headers: bearer, body })).status
  }
  expect([await ask(now), await ask(end - 1000), await ask(end)]).toEqual([200, 200, 400])
})

test('Meta 1: a form of several parts', async () => {
  const form = new FormData()
  form.append('access_token', token)
  form.append('data', JSON.stringify([event]))
  expect((await fetch(started.origin + path, { method: 'POST', body: form })).status).toBe(200)
  form.set('data', '[]')
  expect((await fetch(started.origin + path, { method: 'POST', body: form })).status).toBe(400)
  const { accepted, refused } = started.simulators.meta.state()
  expect([accepted.length, refused.length]).toEqual([1, 1])
  expect(JSON.stringify(refused)).not.toContain(token)
})
