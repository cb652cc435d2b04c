import { describe, expect, test } from 'vitest'
import { newCopy } from '../server/copy.ts'
import { holdFor, type Site } from '../server/site.ts'
import { checkTree } from '../server/settings/settings.ts'
import type { PixelEvent } from '../shared/event.ts'

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
