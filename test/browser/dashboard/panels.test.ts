import { expect, test } from 'vitest'
import { waitFor } from '../../integration/harness.ts'
import { fixtureToken } from './fixture.ts'
import { find } from './person.ts'
import { inBothBrowsers } from './visit.ts'

inBothBrowsers((visit) => {
  test('no view without a login; a wrong token is told; after the right one stands what one came for', async () => {
    const { person, fixture, sees, text } = await visit()
    await person.go(`${fixture.url}#/pairing`)
    await sees('Log in')
    expect(await text()).not.toContain('Pairing')
    await person.type(find.field('Dashboard token'), 'wrong')
    await person.key('Enter')
    await sees('This is not the admin token of this collector.')
    await person.type(find.field('Dashboard token'), fixtureToken)
    await person.press(find.button('Log in'))
    await sees('By event and destination')
    fixture.endSessions()
    await sees('Dashboard token')
    expect(await text()).not.toContain('By event')
  })

  test('overview: the newest conversion, a card’s one cause and fix, its switch and its probe', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Overview')
    await sees(
      '€142.50',
      'Reddit refuses the access token',
      'Fix: Make a new conversion access token',
      'v3, 44 days left',
    )
    await sees('On, TEST-7, 5 h', '9a7e0d1f-6f6a-4b11-8c5a-44002f7b9d1c', '318', /oldest\s14 min/)
    await person.press(find.button('Send to Reddit'))
    await sees('Done: switch.')
    await person.press(find.button('Probe now: Meta'))
    await waitFor('both posts', () => fixture.posted.length === 2)
    expect(fixture.posted).toEqual([
      ['switch', { instance: 'reddit', site: 'shop', enabled: false }],
      ['probe', { instance: 'meta', site: 'shop' }],
    ])
  })

  test('overview: each line adds up or says that it does not, and a number opens its events', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Overview')
    await sees('2,064 copies received', 'Every copy received is one of these.', 'every one is accounted for')
    const { overview } = fixture.world
    const { totals, funnel } = overview
    fixture.world.overview = {
      ...overview,
      funnel: { ...funnel, received: funnel.received + 1, delivered: funnel.delivered + 1000 },
      totals: { ...totals, conservation: { ...totals.conservation, addsUp: false } },
    }
    fixture.tell()
    await sees('The copies do not add up', 'are in no known state', '6,652 deliveries')
    await person.press(find.link('188 suppressed'))
    await waitFor('the filtered events', async () =>
      (await person.run(() => location.hash)).includes('state=suppressed'),
    )
    await sees('2 events that fit')
  })

  test('overview: range, chart and its table', async () => {
    const { person, open, sees } = await visit()
    await open('Overview')
    await waitFor('the chart', () => person.run(() => document.querySelectorAll('.chart canvas').length === 1))
    expect(await person.run(() => document.querySelector('.chart')!.getAttribute('aria-label'))).toMatch(
      /^In the last hour: received [\d,]+, delivered/,
    )
    await person.press(find.summary('As a table'))
    await sees(/From\s+Received\s+Delivered\s+Paired\s+Failed/)
    await person.press(find.link('24 h'))
    await waitFor('the address', async () => (await person.run(() => location.hash)) === '#/overview?range=24h')
    await waitFor('the mark', () =>
      person.run(() => document.querySelector('.choice [aria-current]')?.textContent === '24 h'),
    )
  })

  test('overview of a demo without events: what to do, and things to break', async () => {
    const { person, fixture, open, sees } = await visit()
    fixture.world.events = []
    fixture.world.overview = { ...fixture.world.overview, demo: { shopUrl: 'http://127.0.0.1:1/', broken: [] } }
    await open('Overview')
    await sees('Waiting for the first event', 'Open the demo shop')
    await person.choose(find.list('Break something at'), 'reddit')
    await person.press(find.button('Revoke its token'))
    await waitFor('the post', () => fixture.posted.length === 1)
    expect(fixture.posted[0]).toEqual(['break', { what: 'token', platform: 'reddit', on: true }])
  })

  test('a new event arrives by itself; pausing keeps the list still and loses nothing', async () => {
    const { person, fixture, open, sees, text } = await visit()
    await open('Events')
    await sees('8 events')
    await person.press(find.button('Pause'))
    const [first] = fixture.world.events
    const fresh = { ...first!, eventId: 'fresh-1', firstAt: Date.now() }
    fixture.tell([fresh])
    await sees('Resume (1 new)')
    expect(await text()).not.toContain('fresh-1')
    await person.press(find.button('Resume (1 new)'))
    await sees('fresh-1', '9 events')
  })

  test('filters stand in the address, work from it, and are cleared', async () => {
    const { person, fixture, open, sees, text } = await visit()
    await open('Events')
    await sees('8 events')
    await person.choose(find.list('Pair state'), 'capi-only')
    await sees('1 event that fit', 'Begin checkout')
    expect(await person.run(() => location.hash)).toBe('#/events?pair=capi-only')
    await person.go(`${fixture.url}#/events?reason=consent_denied`)
    await sees('1 event that fit', 'Search')
    await person.press(find.link('Clear all'))
    await sees('8 events')
    await person.type(find.field('Find an event ID'), '1041')
    await person.key('Enter')
    await sees('1 event that fit')
    expect(await text()).toContain('conflict')
  })

  test('event detail: its way, copies, best copy, each field with its rule, the answer, why it is not paired, resend', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Events')
    await person.press("//li//a[.//code[normalize-space(.)='1042']]")
    await sees(
      'Its way',
      '+308 ms',
      'Back-end copy joined',
      '+1 duplicate dropped',
      'From the back end’s copy',
      '200, taken',
    )
    await person.press(find.within('Meta', "//summary[starts-with(normalize-space(.), 'What was sent')]"))
    await sees('client_ip_address', '203.0.113....', 'SHA-256 of the e-mail address', 'Earlier')
    await person.press(find.nav('Events'))
    await person.press("//li//a[.//b[normalize-space(.)='Add to cart']]")
    await sees('400, refused · metadata.currency is invalid', 'Pixel only', 'Not delivered (rejected_by_platform)')
    await person.press(find.button('Resend to Reddit'))
    await waitFor('the post', () => fixture.posted.length === 1)
    expect(fixture.posted[0]).toMatchObject(['resend', { site: 'shop', event: 'add_to_cart', instance: 'reddit' }])
    await person.go(`${fixture.url}#/event?site=shop&event=purchase&event_id=nowhere`)
    await sees('This event is not known')
  })

  test('pairing: states, why, flags, browsers, a second sender', async () => {
    const { person, open, sees } = await visit()
    await open('Pairing')
    await sees(
      'Something else also sends purchases',
      '9 × the pixel or its hit was blocked',
      '2 conflicts',
      '1.2 s median',
      'Firefox',
      '33.6 %',
    )
    await person.press(find.link('41 CAPI only'))
    await waitFor('its events', async () => /pair=capi-only/.test(await person.run(() => location.hash)))
  })

  test('match quality, errors', async () => {
    const { open, sees } = await visit()
    await open('Match quality')
    await sees('8.4 / 10', 'our estimate', 'external_id', '⚠ repeats', 'Next: Send the phone number')
    await open('Errors')
    await sees('2804009', 'Purchase events need a currency', 'Send currency with each purchase')
  })

  test('dead letters: preview, replay and discard, each asked about; called off changes nothing', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Dead letters')
    await sees('18 events', 'Fix: Send the currency as its three letters', '21')
    await person.press(find.summary('Preview 2 of 18'))
    await sees('1039')
    await person.press(find.button('Replay 18 events at Reddit'))
    await sees('Replay 18 events to Reddit?')
    await person.key('Escape')
    await waitFor('the question gone', () => person.run(() => !document.querySelector('dialog[open]')))
    await person.press(find.button('Replay 18 events at Reddit'))
    await person.press('//dialog//input[@type="checkbox"]')
    await person.press(find.button('Replay'))
    await waitFor('the replay', () => fixture.posted.length === 1)
    await person.press(find.button('Discard 3 events at Meta'))
    await person.type(find.field('Reason'), 'test orders')
    await person.press(find.button('Discard'))
    await waitFor('the discard', () => fixture.posted.length === 2)
    expect(fixture.posted).toEqual([
      ['replay', { group: 'reddit-rejected', forced: true }],
      ['discard', { group: 'meta-expired', reason: 'test orders' }],
    ])
  })

  test('alerts: what fires comes first; mute, unmute, test', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Alerts')
    await sees('Token refused', 'Firing since 14 min ago', 'muted until')
    const before = Date.now()
    await person.press(find.button('Mute Token refused, reddit for 24 h'))
    await waitFor('the mute', () => fixture.posted.length === 1)
    await person.press(find.button('Unmute Paired down, snapchat'))
    await waitFor('the unmute', () => fixture.posted.length === 2)
    await person.press(find.button('Send a test alert'))
    await waitFor('the test', () => fixture.posted.length === 3)
    const [mute, unmute, tested] = fixture.posted
    expect(mute).toMatchObject(['mute', { rule: 'token_refused', subject: 'reddit' }])
    expect((mute![1] as { until: number }).until).toBeGreaterThan(before + 23 * 3_600_000)
    expect(unmute).toEqual(['mute', { rule: 'paired_down', subject: 'snapchat', until: 0 }])
    expect(tested![0]).toBe('testAlert')
  })

  test('set-up: the next step with cause and fix, a token checked while it is typed, files to copy', async () => {
    const { person, fixture, open, sees } = await visit()
    await open('Set-up')
    await sees('2 steps to go', 'Reddit refuses the access token.', 'Fix: Paste a new token below.', 'data-pairpixel')
    await person.type(find.field('Meta access token'), 'EAB')
    await sees('✗ This does not look like a token of this platform')
    await person.run(() => ((document.activeElement as HTMLInputElement).value = ''))
    await person.type(find.field('Meta access token'), `EAA${'x'.repeat(24)}`)
    await sees('✓ Looks like a token of this platform.')
    await person.key('Enter')
    await waitFor('the token', () => fixture.posted.length === 1)
    expect(fixture.posted[0]).toEqual(['token', { instance: 'meta', site: 'shop', token: `EAA${'x'.repeat(24)}` }])
    await waitFor('the field empty again', () => person.run(() => document.querySelector('input')!.value === ''))
    await person.press(find.summary('nginx'))
    await sees('proxy_pass http://127.0.0.1:8787/;')
    await person.press(find.button('Copy nginx'))
    await sees(/nginx copied\.|did not allow copying/)
  })

  test('a collector that does not answer is told, what was read stays, and it comes back by itself', async () => {
    const { fixture, open, sees, text } = await visit()
    await open('Overview')
    await sees('€142.50')
    fixture.silent = true
    fixture.tell()
    await sees('The collector cannot be reached', '€142.50')
    fixture.silent = false
    fixture.tell()
    await waitFor('the sentence gone', async () => !(await text()).includes('cannot be reached'))
  })
})
