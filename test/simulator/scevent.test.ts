import { expect, test } from 'vitest'
import { cookies, counted, hits, ids, open, runTimers, second, useSimulators, uuid, waitForHits } from './page.ts'

useSimulators()

test('Snap: queued calls leave together, one entry for each pixel', async () => {
  const window = await open(
    'snapchat',
    `snaptr('init', '${ids.snapchat}'); snaptr('INIT', '${second}'); snaptr('track', 'PURCHASE', { client_dedup_id: 'order-1', transaction_id: '1001', price: 15, currency: 'USD', value: 3 })`,
    { copies: 2 },
  )
  runTimers(window, 200)
  await waitForHits('snapchat', 2)
  expect(hits('snapchat')).toMatchObject(
    [ids.snapchat, second].map((pixel) => ({
      event: 'PURCHASE',
      id: 'order-1',
      order: '1001',
      value: 15,
      currency: 'USD',
      pixel,
    })),
  )
  expect(hits('snapchat')[0]?.fields).toEqual({
    ev: 'PURCHASE',
    pid: ids.snapchat,
    cdid: 'order-1',
    ts: expect.any(Number) as unknown,
    u_c1: expect.stringMatching(uuid) as unknown,
    e_pr: 15,
    e_cur: 'USD',
    e_tid: '1001',
  })
  expect(cookies(window)).toEqual({ _scid: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/) as unknown })
})

const snapIds: [sentence: string, call: string, id: unknown][] = [
  ['client_dedup_id', `snaptr('track', 'SAVE', { client_dedup_id: 'a' })`, 'a'],
  ['client_deduplication_id', `snaptr('track', 'SAVE', { client_deduplication_id: 'a' })`, 'a'],
  ['cdid', `snaptr('track', 'SAVE', { cdid: 'a' })`, 'a'],
  ['a number', `snaptr('track', 'SAVE', { client_dedup_id: 17 })`, '17'],
  ['one of its own', `snaptr('track', 'SAVE')`, expect.stringMatching(/^@-[0-9a-f-]{36}$/)],
  [
    'one of its own for parameters it may not write to',
    `snaptr('track', 'SAVE', Object.freeze({}))`,
    expect.stringMatching(/^@-/),
  ],
  ['with the pixel named', `snaptr('track', '${ids.snapchat}', 'SAVE', { client_dedup_id: 'a' })`, 'a'],
]
test.each(snapIds)('Snap takes the ID: %s', async (_sentence, call, id) => {
  const window = await open('snapchat', `snaptr('init', '${ids.snapchat}'); ${call}`)
  runTimers(window, 200)
  await waitForHits('snapchat', 1)
  expect(hits('snapchat')[0]).toMatchObject({ event: 'SAVE', id, pixel: ids.snapchat })
})

test('Snap: a call that names a pixel reaches only that one', async () => {
  const window = await open(
    'snapchat',
    `snaptr('init', '${ids.snapchat}'); snaptr('init', '${second}'); snaptr('track', '${second}', 'SAVE', {})`,
  )
  runTimers(window, 200)
  await waitForHits('snapchat', 1)
  expect(hits('snapchat')).toMatchObject([{ event: 'SAVE', pixel: second }])
})

test('Snap: the ID it makes is written into the caller’s object', async () => {
  const window = await open('snapchat', `snaptr('init', '${ids.snapchat}')`)
  const params: Record<string, unknown> = {}
  window.snaptr('track', 'SAVE', params)
  runTimers(window, 200)
  await waitForHits('snapchat', 1)
  expect(hits('snapchat')[0]?.id).toBe(params['cdid'])
})

test('Snap: what waits leaves when the page goes', async () => {
  const window = await open(
    'snapchat',
    `snaptr('init', '${ids.snapchat}'); snaptr('track', 'SAVE', { client_dedup_id: 'a' })`,
  )
  window.dispatchEvent(new window.Event('pagehide'))
  await waitForHits('snapchat', 1)
})

test('Snap: a pixel ID that is no UUID means silence', async () => {
  const window = await open('snapchat', `snaptr('init', 'my-pixel'); snaptr('track', 'SAVE', { client_dedup_id: 'a' })`)
  expect(window.timers).toEqual([])
  expect(window.document.cookie).toBe('')
})

test('Snap: without a page view from the site it sends its own, and a late one without ID gets the same ID', async () => {
  const window = await open('snapchat', `snaptr('init', '${ids.snapchat}')`)
  runTimers(window, 4000)
  window.snaptr('track', 'PAGE_VIEW')
  window.snaptr('track', 'PAGE_VIEW', { client_dedup_id: 'a' })
  runTimers(window, 200)
  await waitForHits('snapchat', 3)
  const [own, late, named] = hits('snapchat')
  expect(own).toMatchObject({ event: 'PAGE_VIEW', fields: { ae: true, rt: 8 } })
  expect(late?.id).toBe(own?.id)
  expect(named?.id).toBe('a')
  expect(counted('snapchat')).toHaveLength(2)
})

test('Snap: a page view from the site keeps it from sending its own', async () => {
  const window = await open(
    'snapchat',
    `snaptr('init', '${ids.snapchat}'); snaptr('track', 'PAGE_VIEW', { client_dedup_id: 'a' })`,
  )
  runTimers(window, 4000)
  await waitForHits('snapchat', 1)
  expect(window.timers).toEqual([])
})

test('Snap: what `init` says of the visitor is on the hits, hashed; a later one adds to it and empties nothing', async () => {
  const window = await open('snapchat', `snaptr('init', '${ids.snapchat}', { user_email: ' Person@Example.com' })`)
  window.snaptr('track', 'SAVE', { client_dedup_id: 'a' })
  runTimers(window, 200)
  await waitForHits('snapchat', 1)
  window.snaptr('init', ids.snapchat, { user_email: '', user_hashed_phone_number: 'ab'.repeat(32) })
  window.snaptr('track', 'SAVE', { client_dedup_id: 'b' })
  runTimers(window, 200)
  await waitForHits('snapchat', 2)
  const u_hem = '542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345'
  expect(hits('snapchat').map(({ fields }) => [fields.u_hem, fields.u_hpn])).toEqual([
    [u_hem, undefined],
    [u_hem, 'ab'.repeat(32)],
  ])
})
