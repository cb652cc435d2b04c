import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { cookies, hits, ids, open, useSimulators, uuid, waitForHits } from './page.ts'

useSimulators()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('Reddit: queued calls leave as hits, the ID and the order as digests', async () => {
  const purchase = `{ conversionId: 'order-1', value: 10.99, currency: 'USD', itemCount: 2, transactionId: '1001', products: [{ id: 'S1' }] }`
  const window = await open(
    'reddit',
    `rdt('init', '${ids.reddit}', { useDecimalCurrencyValues: true }); rdt('track', 'Purchase', ${purchase})`,
    { url: 'http://www.shop.example/?rdt_cid=318' },
  )
  await waitForHits('reddit', 1)
  const { _rdt_uuid, _rdt_cid } = cookies(window)
  expect(_rdt_cid).toBe('318')
  expect(_rdt_uuid?.replace(/^\d{13}\./, '')).toMatch(uuid)
  expect(hits('reddit')[0]).toMatchObject({
    event: 'PURCHASE',
    id: sha256('order-1'),
    pixel: ids.reddit,
    value: 10.99,
    currency: 'USD',
    fields: {
      event: 'Purchase',
      'm.conversionId': sha256('order-1'),
      'm.transactionId': sha256('1001'),
      'm.itemCount': '2',
      'm.value': '10.99',
      'm.valueDecimal': '10.99',
      'm.products': '[{"id":"S1"}]',
      click_id: '318',
      uuid: _rdt_uuid?.replace(/^\d+\./, ''),
      sw: '1440', // the smaller side, although the screen stands upright
      sh: '2000',
    },
  })
})

const redditIds: [sentence: string, id: unknown, expected: string | undefined][] = [
  ['a text', 'order-1', sha256('order-1')],
  ['a text in another script', 'заказ №1', sha256('заказ №1')],
  ['a text of a whole block', 'x'.repeat(64), sha256('x'.repeat(64))],
  ['a text just short of two blocks', 'x'.repeat(119), sha256('x'.repeat(119))],
  ['a text of two blocks', 'x'.repeat(120), sha256('x'.repeat(120))],
  ['a digest', sha256('a'), sha256('a')],
  ['a digest in capitals', sha256('a').toUpperCase(), sha256('a')],
  ['a number is dropped', 1001, undefined],
  ['none', undefined, undefined],
]
test.each(redditIds)('Reddit takes the ID: %s', async (_sentence, id, expected) => {
  await open('reddit', `rdt('init', '${ids.reddit}'); rdt('track', 'Lead', { conversionId: ${JSON.stringify(id)} })`)
  await waitForHits('reddit', 1)
  expect(hits('reddit')[0]).toMatchObject({ event: 'LEAD', fields: { 'm.conversionId': expected ?? '' } })
  expect(hits('reddit')[0]?.id).toBe(expected)
})

test('Reddit: the last init wins for all queued calls, and later calls go straight through', async () => {
  const window = await open('reddit', `rdt('init', 'a2_first'); rdt('track', 'Search'); rdt('init', '${ids.reddit}')`, {
    copies: 2,
  })
  window.rdt('track', 'Custom', { customEventName: 'Promo', conversionId: 'a' })
  await waitForHits('reddit', 2)
  expect(
    hits('reddit')
      .map(({ pixel, event }) => [pixel, event])
      .sort(),
  ).toEqual([
    [ids.reddit, 'CUSTOM:Promo'],
    [ids.reddit, 'SEARCH'],
  ])
})

test('Reddit: no cookie and no visitor while cookies are off, both when they are on again', async () => {
  const window = await open(
    'reddit',
    `rdt('disableFirstPartyCookies'); rdt('init', '${ids.reddit}'); rdt('track', 'Lead')`,
    { url: 'http://localhost/?rdt_cid=318' },
  )
  await waitForHits('reddit', 1)
  expect(window.document.cookie).toBe('')
  expect(hits('reddit')[0]?.fields).toMatchObject({ uuid: '', click_id: '318' })
  window.rdt('enableFirstPartyCookies')
  expect(Object.keys(cookies(window)).sort()).toEqual(['_rdt_cid', '_rdt_uuid'])
})

test('Reddit: what the last `init` says of the visitor is on the hits, hashed', async () => {
  const window = await open(
    'reddit',
    `rdt('init', '${ids.reddit}', { email: 'Al.ice$+Apple@Example.Com', externalId: 'C-7', phoneNumber: '+12025550100' })`,
  )
  const own = () => hits('reddit').map(({ fields }) => [fields.em, fields.external_id])
  window.rdt('track', 'Lead')
  await waitForHits('reddit', 1)
  window.rdt('init', ids.reddit, { email: 'AB'.repeat(32) })
  window.rdt('track', 'Search')
  await waitForHits('reddit', 2)
  expect(own()).toEqual([
    ['ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976', sha256('C-7')],
    ['ab'.repeat(32), undefined],
  ])
})
