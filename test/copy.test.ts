import { describe, expect, test } from 'vitest'
import { newCopy, storedEvent, writeEvent } from '../server/copy.ts'
import { holdFor, type Site } from '../server/site.ts'
import { checkTree } from '../server/settings/settings.ts'
import type { PixelEvent, StoredEvent } from '../shared/event.ts'
import { anEvent } from './make.ts'

const instance = { access_token: 't', pixel_id: '1' }
const siteOf = (change: Record<string, unknown> = {}): Site =>
  checkTree({ destinations: { meta: instance, reddit: instance }, ...change }).sites[0]!
const copyOf = (event: Partial<PixelEvent>, site = siteOf()) =>
  newCopy(site, 'browser', { event: 'purchase', event_id: 'x', event_time: 1, ...event }, {}, 1000)

test('what the operator’s hook drops is known by its key, and goes nowhere', () => {
  const copy = newCopy(siteOf(), 'browser', { event: 'purchase', event_id: 'x', event_time: 1 }, {}, 1000, 'Dropped.')
  expect(copy.event).toBeUndefined()
  expect(copy.facts).toEqual({})
  expect(copy.deliveries.map(({ suppressed, detail }) => [suppressed, detail])).toEqual([
    ['filtered', 'Dropped.'],
    ['filtered', 'Dropped.'],
  ])
})

describe('the end of the hold', () => {
  const site = siteOf({
    hold: { default: '5s', purchase: '10m' },
    destinations: { meta: { ...instance, hold: { search: '1s' } } },
  })
  test.each([
    ['the instance’s own', 'search', 1000],
    ['the site’s', 'purchase', 600_000],
    ['the default', 'login', 5000],
    ['a custom name', 'plan_chosen', 5000],
    ['a name every object knows', 'constructor', 5000],
    ['another', 'toString', 5000],
    ['the one no object may have', '__proto__', 5000],
  ])('%s', (_, event, ms) => expect(holdFor(site, site.instances[0]!, event)).toBe(ms))
  test('nothing set: three seconds, whatever the name', () =>
    expect(copyOf({ event: 'valueOf' }).deliveries.map(({ dueAt }) => dueAt)).toEqual([4000, 4000]))
})

describe('consent', () => {
  test.each<[string, PixelEvent['consent'], boolean, string[]]>([
    ['silence', undefined, true, ['', '']],
    ['a yes', { state: 'granted' }, true, ['granted', 'granted']],
    ['a no', { state: 'denied' }, false, ['consent_denied', 'consent_denied']],
    ['a no to one', { per: { meta: 'denied' } }, true, ['consent_denied', '']],
    ['a no to each', { per: { meta: 'denied', reddit: 'denied' } }, false, ['consent_denied', 'consent_denied']],
    ['a no with a yes to one', { state: 'denied', per: { reddit: 'granted' } }, true, ['consent_denied', 'granted']],
    [
      'a yes to a platform that is not configured',
      { state: 'denied', per: { snapchat: 'granted' } },
      false,
      ['consent_denied', 'consent_denied'],
    ],
  ])('%s', (_, consent, kept, said) => {
    const copy = copyOf({ consent, value: 5 })
    expect([copy.event !== undefined, copy.facts.value]).toEqual([kept, kept ? 5 : undefined])
    expect(copy.deliveries.map(({ suppressed, granted }) => suppressed ?? (granted ? 'granted' : ''))).toEqual(said)
  })
  test('a no keeps the event out where all destinations are switched off, too', () => {
    const off = siteOf({ destinations: { meta: { ...instance, enabled: false } } })
    expect(copyOf({ consent: { state: 'denied' }, value: 5 }, off)).toMatchObject({ facts: {} })
  })
})

test('no plain match key is in what rests', () => {
  const said = 'jane@shop.example'
  const copy = copyOf({
    url: `https://shop.example/?q=${said}`,
    title: said,
    search_string: said,
    items: [{ name: said }],
    props: { a: said, phone: '555-0100' },
    user: { email: [said], phone: ['+15550100100'] },
  })
  expect(JSON.stringify(copy)).not.toMatch(/jane|555-?0100/)
})

test.each<[string, Record<string, unknown>, string[]]>([
  ['of one that is on', { meta: instance }, ['meta']],
  ['of one that is off', { meta: { ...instance, enabled: false } }, ['meta']],
  ['of another name', { shop: { ...instance, platform: 'reddit' } }, ['reddit']],
  ['of two', { meta: instance, snapchat: instance }, ['meta', 'snapchat']],
  ['of a site without any, which shows what it would send', {}, ['meta', 'reddit', 'snapchat']],
])('first names rest in the forms of the site’s destinations alone: %s', (_, destinations, platforms) => {
  const keys = storedEvent(siteOf({ destinations }), {
    event: 'purchase',
    event_id: 'x',
    event_time: 1,
    user: { first_name: ['Jane'], phone: ['+1 202 555 0100'] },
  }).keys
  const found = { meta: keys.meta.fn, reddit: keys.reddit.phone_number, snapchat: keys.snapchat.fn }
  expect(Object.keys(found).filter((name) => found[name as keyof typeof found])).toEqual(platforms)
})

test.each<[string, unknown, string]>([
  ['not without a word of it', undefined, 'a'],
  ['nor where the usual ones are enough', true, 'a'],
  ['where it names them', ['Customer'], 'redacted'],
])('parameters and members that a site names lose their value: %s', (_, redact, expected) => {
  const { url, referrer, props } = storedEvent(siteOf({ pixel: { redact } }), {
    event: 'lead',
    event_id: 'x',
    event_time: 1,
    url: 'https://shop.example/?customer=a&token=t',
    referrer: 'https://shop.example/?customer=a',
    props: { customer: 'a' },
  })
  expect([url, referrer, props?.customer]).toEqual([
    `https://shop.example/?customer=${expected}&token=redacted`,
    `https://shop.example/?customer=${expected}`,
    expected,
  ])
})

describe('an event written down', () => {
  const event = anEvent({
    context: { ip: '203.0.113.7', user_agent: 'test agent', language: 'de', os: 'ios', cookies: { _fbp: 'x' } },
    items: [{ id: 'a', price: 1 }],
    title: 'Thanks {"}',
    referrer: 'https://other.example/',
    fired: { meta: 'sent' },
  })
  test.each<[string, StoredEvent]>([
    ['whole', event],
    ['without a context', { ...event, context: undefined }],
    ['with an empty context', { ...event, context: {} }],
    ['whose context holds nothing that is compared', { ...event, context: { language: 'de' } }],
    ['whose context holds that alone', { ...event, context: { ip: '203.0.113.7' } }],
    ['of the least', { event: 'x', event_id: 'x', event_time: 1, keys: { meta: {}, reddit: {}, snapchat: {} } }],
  ])('%s is the event', (_, written) =>
    expect(JSON.parse(writeEvent(written).text)).toEqual(JSON.parse(JSON.stringify(written))),
  )

  test.each<[string, Partial<StoredEvent>, boolean]>([
    ['nothing', {}, true],
    ['its time', { event_time: 2 }, true],
    ['its title', { title: 'Danke' }, true],
    ['where the visitor came from', { referrer: undefined }, true],
    ['what became of the pixel', { fired: { meta: 'blocked' } }, true],
    ['the language', { context: { ...event.context, language: 'fr' } }, true],
    ['its value', { value: 11 }, false],
    ['an item', { items: [{ id: 'b', price: 1 }] }, false],
    ['the address', { context: { ...event.context, ip: '203.0.113.8' } }, false],
    ['a cookie', { context: { ...event.context, cookies: { _fbp: 'y' } } }, false],
    ['a match key', { keys: { meta: {}, reddit: {}, snapchat: {} } }, false],
  ])('says the same with %s changed: %s → %s', (_, change, same) =>
    expect(writeEvent({ ...event, ...change }).digest === writeEvent(event).digest).toBe(same),
  )

  test('the text goes with the event, and where the event may not be kept, neither does its text', () => {
    expect(JSON.parse(copyOf({ value: 5 }).eventText ?? '')).toEqual(copyOf({ value: 5 }).event)
    expect(copyOf({ consent: { state: 'denied' } }).eventText).toBeUndefined()
  })
})
