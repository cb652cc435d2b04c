import { describe, expect, test } from 'vitest'
import { enrich } from '../../server/enrich/enrich.ts'
import { clickIdParams, coreClickIds, readClickIds } from '../../shared/click-ids.ts'
import type { EventFacts } from '../../shared/event.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { spellOut } from '../../shared/pixel-event.ts'
import { cleanEvent } from '../../shared/text-hygiene.ts'
import { cleanUrl } from '../../shared/url-hygiene.ts'

const now = 1_800_000_000_000
const visitor = { cookies: {}, optOut: false }
const shop = 'https://www.shop.example/'
const others = clickIdParams.filter((name) => !(coreClickIds as readonly string[]).includes(name))

/** Click IDs of an event as it rests, told by a browser unless said otherwise. */
const clicksOf = (given: Partial<EventFacts>, kind: 'browser' | 'backend' = 'browser', redact?: string[]) => {
  const event = { event: 'page_view', event_id: 'x', event_time: now, ...given }
  const { context } = cleanEvent(enrich(event, { kind, now, visitor, redact }).event)
  return Object.fromEntries(Object.entries(context?.click_ids ?? {}).map(([name, one]) => [name, one.value]))
}

describe('click IDs of other platforms', () => {
  test('are these', () =>
    expect(others).toEqual([...['gclid', 'wbraid', 'gbraid', 'ttclid'], ...['twclid', 'li_fat_id', 'msclkid', 'epik']]))

  test.each(others)('%s in the address is kept, and stays in the address', (name) => {
    const url = `${shop}?a=1&${name}=AbC-1_2.x#top`
    expect(clicksOf({ url })).toEqual({ [name]: 'AbC-1_2.x' })
    expect(cleanUrl(url)).toBe(url)
    expect(readClickIds(cleanUrl(url))).toEqual({ [name]: 'AbC-1_2.x' })
  })

  test.each<[string, Partial<EventFacts>, Record<string, string>]>([
    ['none at all', { url: `${shop}?a=1` }, {}],
    ['no address', {}, {}],
    ['names in any case, values untouched', { url: `${shop}?GCLID=aB&MsClkId=cD` }, { gclid: 'aB', msclkid: 'cD' }],
    ['decoded once', { url: `${shop}?ttclid=a%252Bb` }, { ttclid: 'a%2Bb' }],
    ['the first of a name that is not empty', { url: `${shop}?gclid=&gclid=2&gclid=3` }, { gclid: '2' }],
    ['the first of a name that can be one', { url: `${shop}?gclid=a%20b&gclid=2` }, { gclid: '2' }],
    ['behind a hash', { url: `${shop}#/x?epik=E` }, { epik: 'E' }],
    ['1,024 characters', { url: `${shop}?epik=${'a'.repeat(1024)}` }, { epik: 'a'.repeat(1024) }],
    ['1,025 characters', { url: `${shop}?epik=${'a'.repeat(1025)}` }, {}],
    ['what looks like somebody’s address', { url: `${shop}?gclid=jane%40shop.example` }, {}],
    ['what a cleaned address has in the place of one', { url: `${shop}?gclid=redacted` }, {}],
    [
      'what the event itself says goes before, and stays',
      { url: `${shop}?gclid=new&fbclid=C`, context: { click_ids: { gclid: { value: 'own' }, ScCid: { value: 'b' } } } },
      { gclid: 'own', ScCid: 'b' },
    ],
    ['those of the platforms here are the pixel’s to keep', { url: `${shop}?fbclid=C&rdt_cid=A&ScCid=b` }, {}],
    ['a referrer of the same site', { url: shop, referrer: 'https://go.shop.example/?gclid=R' }, { gclid: 'R' }],
    [
      'the address goes before it',
      { url: `${shop}?gclid=U`, referrer: `${shop}go?gclid=R&epik=E` },
      { gclid: 'U', epik: 'E' },
    ],
    ['a referrer of another site', { url: shop, referrer: 'https://news.example/?gclid=R' }, {}],
    ['a referrer without an address', { referrer: `${shop}?gclid=R` }, {}],
  ])('%s', (_what, event, clicks) => expect(clicksOf(event)).toEqual(clicks))

  test('one that the site wants out of its addresses is not kept beside them', () => {
    const given = { url: `${shop}?GCLID=G&epik=E`, referrer: `${shop}?gclid=R&ttclid=T` }
    expect(clicksOf(given, 'browser', ['customer', 'gclid'])).toEqual({ epik: 'E', ttclid: 'T' })
  })

  test('a back end says itself what it knows', () =>
    expect(clicksOf({ url: `${shop}?gclid=G` }, 'backend')).toEqual({}))
})

describe('an fbclid of', () => {
  const parsed = (click_ids: unknown) => {
    const event = { event: 'page_view', screen: [1, 1, 1], click_ids }
    const read = parseEvent(spellOut(event), { now, newId: () => 'x' })
    if (!read.ok) throw new Error('refused')
    return [read.event.context?.click_ids?.fbclid?.value, read.warnings.map(({ code }) => code)] as const
  }
  test.each([
    [499, true],
    [500, true],
    [501, false],
  ])('%i characters', (length, isKept) => {
    const value = 'a'.repeat(length)
    expect(parsed({ fbclid: [value, now] })).toEqual(isKept ? [value, []] : [undefined, ['bad_click_id']])
    expect(readClickIds(`${shop}?fbclid=${value}`).fbclid).toBe(isKept ? value : undefined)
  })
})
