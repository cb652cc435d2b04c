import { expect, test } from 'vitest'
import { cookies, hits, ids, open, useSimulators, waitForHits } from './page.ts'

useSimulators()

test('Meta: queued calls leave as hits with their parameters', async () => {
  await open(
    'meta',
    `fbq('init', '${ids.meta}'); fbq('track', 'Purchase', { value: 12.5, currency: 'USD', contents: [{ id: '1' }] }, { eventID: 'order-1' })`,
  )
  await waitForHits('meta', 1)
  expect(hits('meta')[0]).toMatchObject({
    event: 'Purchase',
    id: 'order-1',
    value: 12.5,
    currency: 'USD',
    pixel: ids.meta,
    fields: {
      dl: 'http://www.shop.example/',
      rl: 'http://search.example/',
      if: 'false',
      sw: '1440',
      sh: '2000',
      'cd[contents]': '[{"id":"1"}]',
      ec: '0',
      rqm: 'GET',
      fbp: expect.stringMatching(/^fb\.1\.\d{13}\.\d{18}$/) as unknown,
    },
  })
})

const metaIds: [sentence: string, call: string, event: string, id: string | undefined][] = [
  ['track, 4th argument', `fbq('track', 'Lead', {}, { eventID: 'a' })`, 'Lead', 'a'],
  ['trackCustom', `fbq('trackCustom', 'Promo', {}, { eventID: 'a' })`, 'Promo', 'a'],
  ['trackSingle, 5th argument', `fbq('trackSingle', '${ids.meta}', 'Lead', {}, { eventID: 'a' })`, 'Lead', 'a'],
  ['trackSingleCustom', `fbq('trackSingleCustom', '${ids.meta}', 'Promo', {}, { eventID: 'a' })`, 'Promo', 'a'],
  ['event_id', `fbq('track', 'Lead', {}, { event_id: 'a' })`, 'Lead', 'a'],
  ['a number', `fbq('track', 'Lead', {}, { eventID: 17 })`, 'Lead', '17'],
  ['an object', `fbq('track', 'Lead', {}, { eventID: { eventID: 'a' } })`, 'Lead', 'a'],
  ['not from the parameters', `fbq('track', 'Lead', { eventID: 'a' })`, 'Lead', undefined],
  ['the array form', `fbq.push(['track', 'Lead', {}, { eventID: 'a' }])`, 'Lead', 'a'],
  ['the alias', `_fbq('track', 'Lead', {}, { eventID: 'a' })`, 'Lead', 'a'],
]
test.each(metaIds)('Meta takes the ID: %s', async (_sentence, call, event, id) => {
  const window = await open('meta', `fbq('init', '${ids.meta}'); ${call}`)
  await waitForHits('meta', 1)
  const script = window.document.createElement('script')
  script.textContent = call
  window.document.head.append(script)
  await waitForHits('meta', 2)
  expect(hits('meta')).toMatchObject([
    { event, id },
    { event, id },
  ])
})

test('Meta: one call reaches every pixel, a single one only its own', async () => {
  const calls = `fbq('init', '${ids.meta}'); fbq('init', 77); fbq('init', '77'); fbq('track', 'Lead', {}, { eventID: 'a' }); fbq('trackSingle', '77', 'Contact'); fbq('trackSingle', '78', 'Search')`
  await open('meta', calls, { copies: 2 })
  await waitForHits('meta', 3)
  const seen = hits('meta').map(({ pixel, event, id }) => [pixel, event, id].join(' ').trim())
  expect(seen.sort()).toEqual([`${ids.meta} Lead a`, '77 Contact', '77 Lead a'])
})

test('Meta: nothing leaves for a pixel without init', async () => {
  const window = await open('meta', `fbq('track', 'Lead')`)
  window.fbq('init', ids.meta)
  window.fbq('track', 'Contact')
  await waitForHits('meta', 1)
  expect(hits('meta')).toMatchObject([{ event: 'Contact' }])
})

test('Meta: calls under a consent lock go back into the queue and leave once', async () => {
  const window = await open(
    'meta',
    `fbq('consent', 'revoke'); fbq('init', '${ids.meta}'); fbq('track', 'Lead', {}, { eventID: 'a' })`,
  )
  window.fbq('track', 'Contact', {}, { eventID: 'b' })
  expect(window.fbq['queue']).toHaveLength(2)
  window.fbq('consent', 'grant')
  await waitForHits('meta', 2)
  expect(
    hits('meta')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['a', 'b'])
  expect(window.fbq['queue']).toHaveLength(0)
})

test.each([
  ['a page view of its own, without ID', '', ['PageView', 'Lead']],
  ['none when told not to', 'fbq.disablePushState = true;', ['Lead']],
])('Meta: a new address in the history makes %s', async (_sentence, setting, events) => {
  const window = await open('meta', `${setting} fbq('init', '${ids.meta}'); fbq('track', 'Search')`)
  await waitForHits('meta', 1)
  window.history.pushState({}, '', '/')
  window.history.pushState({}, '', '/next')
  window.fbq('track', 'Lead')
  await waitForHits('meta', 1 + events.length)
  expect(
    hits('meta')
      .map(({ event }) => event)
      .sort(),
  ).toEqual([...events, 'Search'].sort())
})

test('Meta: a long hit is posted', async () => {
  await open('meta', `fbq('init', '${ids.meta}'); fbq('track', 'Lead', { note: 'x'.repeat(3000) }, { eventID: 'a' })`)
  await waitForHits('meta', 1)
  expect(hits('meta')[0]).toMatchObject({ event: 'Lead', id: 'a', fields: { rqm: 'SB', 'cd[note]': 'x'.repeat(3000) } })
})

test.each([
  ['www.shop.example', 1],
  ['127.0.0.1', 0],
  ['localhost', 0],
])('Meta: cookies on %s', async (host, dots) => {
  const window = await open('meta', `fbq('init', '${ids.meta}'); fbq('track', 'Lead')`, {
    url: `http://${host}/?fbclid=AbC`,
  })
  await waitForHits('meta', 1)
  const { _fbp, _fbc, ...others } = cookies(window)
  expect(_fbp).toMatch(new RegExp(`^fb\\.${dots}\\.\\d{13}\\.\\d{18}$`))
  expect(_fbc).toMatch(new RegExp(`^fb\\.${dots}\\.\\d{13}\\.AbC$`))
  expect(others).toEqual({})
  expect(hits('meta')[0]?.fields).toMatchObject({ fbp: _fbp, fbc: _fbc })
})

test('Meta: cookies that are there stay as they are', async () => {
  const before = `document.cookie = '_fbp=fb.1.1596403881668.1116446470'; document.cookie = '_fbc=fb.1.1554763741205.AbC';`
  const window = await open('meta', `${before} fbq('init', '${ids.meta}')`, { url: 'http://localhost/?fbclid=AbC' })
  expect(cookies(window)).toEqual({ _fbp: 'fb.1.1596403881668.1116446470', _fbc: 'fb.1.1554763741205.AbC' })
})

test('Meta: what `init` says of the visitor is on the hits, hashed; a second one adds to it', async () => {
  const window = await open(
    'meta',
    `fbq('init', '${ids.meta}', { em: 'Person@example.com', fn: 'john', zz: 'x' }); fbq('track', 'Lead')`,
  )
  await waitForHits('meta', 1)
  window.fbq('init', ids.meta, { ph: '448444124653', em: 'AB'.repeat(32) })
  window.fbq('track', 'Contact')
  await waitForHits('meta', 2)
  const told = hits('meta').map(({ fields }) => Object.entries(fields).filter(([name]) => name.startsWith('ud[')))
  const fn = ['ud[fn]', '96d9632f363564cc3032521409cf22a852f2032eec099ed5967c0d000cec607a']
  expect(told).toEqual([
    [['ud[em]', '542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345'], fn],
    [['ud[em]', 'ab'.repeat(32)], fn, ['ud[ph]', 'dc008fda46e2e64002cf2f82a4906236282d431c4f75e5b60bfe79fc48546383']],
  ])
})
