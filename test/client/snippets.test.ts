// Every snippet of the pages for site owners, run against the built script as a collector serves it.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pixelFor, readBuiltPixel } from '../../server/pixel-file.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { codeIn, readFile, section, table } from '../docs/pages.ts'
import { createContainer } from '../gtm/container.ts'
import { addPlatforms, closePage, leavePage, openPage, posted, postedEvents, setGlobal, settle } from './page.ts'
import { addStub } from './stand-ins.ts'

const root = path.join(import.meta.dirname, '../..')
const page = window as unknown as Record<string, unknown>
const read = (file: string): string => readFileSync(path.join(root, 'test/snippets', file), 'utf8')
/** A script, and the task after it, in which the pixel begins. */
function run(script: string): void {
  ;(0, eval)(script)
  vi.advanceTimersByTime(0)
}

beforeEach(() => {
  openPage('https://www.shop.com/thanks')
  setGlobal('pairpixel', undefined)
  document.head.innerHTML = document.body.innerHTML = ''
  // Clicks and sent forms lead nowhere here.
  for (const type of ['click', 'submit']) document.addEventListener(type, (event) => event.preventDefault())
})
afterEach(() => {
  for (const name of ['dataLayer', 'gtag', '__tcfapi']) Reflect.deleteProperty(page, name)
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  closePage()
})

/** The page has this in it: its inline scripts run, others stay to be loaded. */
function paste(file: string, change = (text: string) => text): void {
  const holder = document.body.appendChild(document.createElement('div'))
  holder.innerHTML = change(read(file))
  for (const script of holder.querySelectorAll('script')) if (!script.src) run(script.text)
}
const destinations = {
  meta: { pixel_id: '1234567890', access_token: 'fake' },
  reddit: { pixel_id: 'a2_example', access_token: 'fake' },
}
/** The pixel arrives, as a collector with these settings serves it. */
async function load(settings: object = {}): Promise<void> {
  if (!document.querySelector('script[data-pairpixel]'))
    document.head.innerHTML =
      '<script type="text/plain" src="https://www.shop.com/_p/p.js" data-auto="0" data-pairpixel></script>'
  const site = checkTree({ destinations, ...settings }).sites[0]!
  run(pixelFor(readBuiltPixel(), site, true, { script: '/_p/p.js', events: '/_p/e' }).plain.toString())
  await settle()
}
const told = async () => {
  await settle()
  return postedEvents().map(({ event, event_id }) => [event, event_id])
}
const order = { event: 'purchase', event_id: '1001', order_id: '1001', value: 142.52, currency: 'USD' }

describe('docs/pixel.md', () => {
  test('the lines to paste: early calls wait, and the page view comes by itself', async () => {
    paste('paste.html')
    window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
    expect(posted).toEqual([])
    await load()
    expect(await told()).toEqual([['generate_lead', 'l1']])
    leavePage()
    expect((await told()).map(([event]) => event)).toEqual(['generate_lead', 'page_view'])
    expect(posted[0]?.url).toBe('https://www.shop.com/_p/e')
  })

  test('options in the tag', async () => {
    paste('options.html')
    const { fbq } = addPlatforms()
    await load()
    leavePage()
    const [[, id] = []] = await told()
    expect(fbq.mock.calls).toEqual([['trackSingle', '1234567890', 'PageView', {}, { eventID: id }]])
    Reflect.deleteProperty(page, 'fbq')
    window.pairpixel?.track('Lead', {}, { id: 'l1' })
    vi.advanceTimersByTime(4999)
    const late = addPlatforms()
    vi.advanceTimersByTime(1)
    expect(late.fbq.mock.calls).toEqual([['trackSingle', '1234567890', 'Lead', {}, { eventID: 'l1' }]])
  })

  test('events', async () => {
    const { fbq, rdt } = addPlatforms()
    await load()
    paste('events.html')
    const events = await told()
    expect(events.map(([event]) => event)).toEqual(['view_item', 'add_to_cart', 'generate_lead', 'newsletter'])
    expect(postedEvents()).toMatchObject([
      { value: 71.26, items: [{ id: 'SKU-1', name: 'Cap' }] },
      { items: [{ id: 'SKU-1', quantity: 1 }] },
      {},
      { props: { list: 'spring' } },
    ])
    expect(fbq.mock.calls.map((call: unknown[]) => [call[0], call[2], call[4]])).toEqual(
      events.map(([name, id], at) => [
        name === 'newsletter' ? 'trackSingleCustom' : 'trackSingle',
        ['ViewContent', 'AddToCart', 'Lead', 'newsletter'][at],
        { eventID: id },
      ]),
    )
    expect(rdt.mock.calls[3]?.slice(1)).toEqual([
      'Custom',
      { conversionId: events[3]?.[1], customEventName: 'newsletter' },
    ])
  })

  test('an order: its number is the ID, and a page loaded again fires it once', async () => {
    const { fbq } = addPlatforms()
    await load()
    paste('order.html')
    paste('order.html')
    await settle()
    expect(postedEvents()[0]).toMatchObject({ ...order, items: [{ id: 'SKU-1', quantity: 2 }] })
    expect(fbq.mock.calls.map((call) => call[4] as unknown)).toEqual([{ eventID: '1001' }])
  })

  test('who the visitor is goes with later events, and stays in memory', async () => {
    await load()
    paste('user.html')
    paste('order.html')
    await settle()
    expect(postedEvents()[0]?.user).toEqual({
      email: 'jane@shop.example',
      phone: '+1 202 555 0100',
      external_id: 'customer-7',
    })
    expect(JSON.stringify(Object.entries(localStorage)) + document.cookie).not.toMatch(/jane|555/)
  })

  test('attributes', async () => {
    await load({ pixel: { attributes: true } })
    paste('attributes.html')
    document.querySelector('a')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    await settle()
    expect(postedEvents()).toMatchObject([
      { event: 'generate_lead', value: '25', currency: 'EUR', origin: 'attribute' },
      { event: 'sign_up', origin: 'attribute' },
    ])
  })

  test.each([
    ['events.html', 8],
    ['attributes.html', 4],
  ])('%s gives no two visitors one ID', async (file, events) => {
    await load({ pixel: { attributes: true } })
    for (const _visitor of [1, 2]) {
      paste(file)
      document.querySelector('a')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
      document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
      await settle()
      document.body.innerHTML = ''
    }
    expect(new Set((await told()).map(([, id]) => id)).size).toBe(events)
  })

  test('calls that the page makes itself are told where they were made, under one ID', async () => {
    addStub('meta')
    addStub('reddit')
    await load()
    paste('own-calls.html')
    vi.advanceTimersByTime(1000)
    await settle()
    expect(postedEvents()).toMatchObject([
      { ...order, origin: 'fbq', to: ['meta'] },
      { ...order, origin: 'rdt', to: ['reddit'] },
    ])
    const { fbq, rdt } = page as Record<string, { queue: unknown[][]; callQueue: unknown[][] }>
    expect(fbq?.queue.map((call) => call[3])).toEqual([{ eventID: '1001' }])
    expect(rdt?.callQueue.map((call) => (call[2] as { conversionId: string }).conversionId)).toEqual(['1001'])
  })

  test.each([
    ['before the script runs', true],
    ['after it, as when it comes from the cache', false],
  ])('page views by hand, told %s', async (_when, isEarly) => {
    document.head.innerHTML = read('page-views.html').replace('async', 'type="text/plain"')
    const { text } = document.head.querySelector<HTMLScriptElement>('script:not([src])')!
    paste('paste.html', (html) => html.split('\n')[0]!)
    if (isEarly) run(text)
    await load()
    vi.advanceTimersByTime(1000)
    if (!isEarly) run(text)
    leavePage()
    expect((await told()).map(([event]) => event)).toEqual(['page_view'])
  })

  test('the module', async () => {
    const { fbq } = addPlatforms()
    vi.resetModules()
    const module: unknown = await import(/* @vite-ignore */ path.join(root, 'dist/client/index.mjs'))
    const code = stripTypeScriptTypes(read('module.txt').replace(/^import .*$/m, ''))
    ;((0, eval)(`(({ createPixel }) => {${code}})`) as (module: unknown) => void)(module)
    vi.advanceTimersByTime(0)
    await settle()
    expect(posted[0]).toMatchObject({ url: 'https://www.shop.example/_p/e', body: { site: 'default' } })
    expect(postedEvents()).toMatchObject([{ event: 'quiz_done', props: { score: 9 } }, order])
    expect(fbq.mock.calls.map((call: unknown[]) => call.slice(0, 3))).toEqual([
      ['trackSingleCustom', '1234567890', 'quiz_done'],
      ['trackSingle', '1234567890', 'Purchase'],
    ])
  })
})

describe('docs/tag-manager.md', () => {
  const setup = { tagType: 'setup', scriptUrl: 'https://www.shop.com/_p/p.js', consent: 'none', pageViews: true }
  const event = { tagType: 'event', nameType: 'inherit', useDataLayer: true, gtmEventId: 7 }

  test('a custom HTML tag', async () => {
    const append = document.head.appendChild.bind(document.head)
    vi.spyOn(document.head, 'appendChild').mockImplementation(<T extends Node>(node: T): T => {
      // Loaded by the test, not by the test environment.
      ;(node as unknown as HTMLScriptElement).type = 'text/plain'
      return append(node)
    })
    paste('tag-manager.html')
    expect(document.querySelector('script[data-pairpixel]')).toMatchObject({
      src: 'https://www.shop.example/_p/p.js',
      async: true,
    })
    window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
    await load()
    expect(await told()).toEqual([['generate_lead', 'l1']])
    expect(posted[0]?.url).toBe('https://www.shop.example/_p/e')
  })

  test('what stands in the data layer, told by the pixel', async () => {
    paste('data-layer.html')
    await load({ pixel: { data_layer: true } })
    await settle()
    expect(postedEvents()).toMatchObject([{ ...order, origin: 'data_layer', items: [{ id: 'SKU-1', name: 'Cap' }] }])
  })

  test('… and by the template: calls wait for the script it loads', async () => {
    const { fbq } = addPlatforms()
    const container = createContainer(page)
    container.run('tag', setup)
    paste('data-layer.html')
    container.run('tag', event)
    container.run('tag', event)
    expect(container.scripts).toEqual(['https://www.shop.com/_p/p.js'])
    expect(posted).toEqual([])
    await load()
    expect(await told()).toEqual([['purchase', '1001']])
    expect(postedEvents()).toMatchObject([{ ...order, items: [{ id: 'SKU-1', name: 'Cap', price: 71.26 }] }])
    expect(fbq.mock.calls).toHaveLength(1)
  })

  test('what an earlier event left in the data layer is not told again with one that has no basket', async () => {
    const container = createContainer(page)
    container.run('tag', setup)
    await load()
    setGlobal('dataLayer', [{ eventModel: { value: 9, currency: 'EUR' } }])
    paste('data-layer.html', (html) => html.replace(/dataLayer\.push\(\{\n[^]*?\}\)\n/, ''))
    ;(page.dataLayer as object[]).push({ event: 'generate_lead' })
    container.run('tag', event)
    await settle()
    expect(postedEvents().map(({ event: name, value }) => [name, value])).toEqual([['generate_lead', undefined]])
  })

  test('the template waits for Google consent mode, and obeys a withdrawal', async () => {
    const container = createContainer(page, { ad_storage: false, ad_user_data: false, ad_personalization: false })
    container.run('tag', { ...setup, consent: 'google' })
    paste('data-layer.html')
    container.run('tag', event)
    expect([container.scripts, posted, document.cookie]).toEqual([[], [], ''])
    for (const type of ['ad_storage', 'ad_user_data']) container.say(type, true)
    expect(container.scripts).toHaveLength(1)
    await load({ consent: 'wait' })
    expect(postedEvents()).toMatchObject([{ ...order, consent: { state: 'granted', limited: true, source: 'gcm' } }])
    container.say('ad_storage', false)
    container.run('tag', { ...event, gtmEventId: 8 })
    await settle()
    expect(postedEvents()).toHaveLength(1)
    expect(posted.at(-1)?.body).toMatchObject({ revoke: true })
  })

  test('where the pixel loads the platforms’ own, page views reach them, and a full consent has no limits', async () => {
    const container = createContainer(page, { ad_storage: false, ad_user_data: false, ad_personalization: false })
    container.run('tag', { ...setup, consent: 'google' })
    for (const type of ['ad_storage', 'ad_user_data', 'ad_personalization']) container.say(type, true)
    const added = vi.spyOn(document.head, 'append').mockReturnValue()
    document.head.innerHTML = '<script type="text/plain" src="https://www.shop.com/_p/p.js" data-pairpixel></script>'
    await load({ pixel: { load: true } })
    leavePage()
    expect(added).toHaveBeenCalledTimes(2)
    const { fbq, rdt } = page as Record<string, { queue: ArrayLike<unknown>[]; callQueue: ArrayLike<unknown>[] }>
    const start = (calls: ArrayLike<unknown>[]) => calls.map((call) => Array.from(call).slice(0, 3))
    expect(start(fbq!.queue)).toEqual([
      ['init', '1234567890'],
      ['trackSingle', '1234567890', 'PageView'],
    ])
    expect(start(rdt!.callQueue)).toEqual([
      ['init', 'a2_example', { useDecimalCurrencyValues: true }],
      ['track', 'PageVisit', { conversionId: postedEvents()[0]?.event_id }],
    ])
  })

  test('where other tags fire, the variable gives both one ID', async () => {
    const { fbq } = addPlatforms()
    const container = createContainer(page)
    container.run('tag', { ...setup, othersFire: true })
    await load({ pixel: { pairing: false } })
    paste('data-layer.html')
    const id = container.run('event-id', { useOrder: true }) as string
    container.run('tag', { ...event, eventId: id })
    paste('event-id.html', (text) => text.replace('{{Pairpixel event ID}}', id))
    leavePage()
    expect(await told()).toEqual([['purchase', '1001']])
    expect(fbq.mock.calls.map((call: unknown[]) => call[3])).toEqual([{ eventID: '1001' }])
  })
})

describe('docs/consent.md', () => {
  const commands = () => read('consent.html').match(/pairpixel\(.*\)/g)!
  const lead = () => window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })

  test.each([
    [0, [{ state: 'granted', source: 'api' }]],
    [1, [{ state: 'granted', limited: true, source: 'api' }]],
    [2, []],
  ])('command %i of the page', async (at, expected) => {
    await load({ consent: 'wait' })
    lead()
    await settle()
    expect([posted, document.cookie, localStorage.length]).toEqual([[], '', 0])
    run(commands()[at]!)
    await settle()
    expect(postedEvents().map(({ consent }) => consent)).toEqual(expected)
  })

  test('withdrawn, nothing is left and the collector is told', async () => {
    openPage('https://www.shop.com/?fbclid=C')
    await load({ consent: 'wait' })
    paste('order.html')
    run(commands()[0])
    await settle()
    expect(document.cookie).toContain('_pp=')
    expect(localStorage.length).toBeGreaterThan(0)
    run(commands()[2]!)
    lead()
    await settle()
    expect([document.cookie, localStorage.length]).toEqual(['', 0])
    expect(postedEvents()).toHaveLength(1)
    expect(posted.at(-1)?.body).toMatchObject({ revoke: true })
  })

  test('the platforms’ pixels are told what the table says, and no more', async () => {
    const functions = addPlatforms()
    const snapchat = { pixel_id: '11111111-2222-4333-8444-555555555555', access_token: 'fake' }
    await load({ consent: 'wait', destinations: { ...destinations, snapchat } })
    const rows = table(section(readFile('docs/consent.md'), "## What the platforms' own pixels are told"), 'Platform')
    const expected = (column: number) => rows.flatMap((row) => codeIn(row[column] ?? ''))
    const called = () =>
      Object.entries(functions).flatMap(([name, fn]) =>
        fn.mock.calls.splice(0).map((call: string[]) => `${name}(${call.map((word) => `'${word}'`).join(', ')})`),
      )
    expect(rows.map(([platform]) => platform)).toEqual(['Meta', 'Reddit', 'Snapchat'])
    run(commands()[0])
    expect(called()).toEqual(expected(1))
    run(commands()[2]!)
    expect(called()).toEqual(expected(2))
  })

  test('Google consent mode: a default that forbids is no answer yet', async () => {
    paste('consent-mode.html')
    await load({ consent: 'gcm', consent_fallback: 'granted' })
    lead()
    vi.advanceTimersByTime(60_000)
    await settle()
    expect(posted).toEqual([])
    paste('consent-mode-yes.html')
    vi.advanceTimersByTime(1)
    await settle()
    expect(postedEvents().map(({ consent }) => consent)).toEqual([{ state: 'granted', source: 'gcm' }])
  })

  test.each([
    ['all that is asked for', { 1: true, 3: true, 4: true }, { 755: true, 333: true }, 1],
    ['a purpose less', { 1: true, 3: true }, { 755: true, 333: true }, 0],
    ['a vendor less', { 1: true, 3: true, 4: true }, { 755: true }, 0],
  ])('options in the tag: a TCF tool answers %s', async (_what, purposes, vendors, events) => {
    const data = { eventStatus: 'tcloaded', purpose: { consents: purposes }, vendor: { consents: vendors } }
    setGlobal('__tcfapi', (_command: string, _version: number, tell: (data: object, done: boolean) => void) =>
      tell(data, true),
    )
    paste('consent-options.html')
    await load({ consent: 'tcf' })
    lead()
    await settle()
    expect(postedEvents()).toHaveLength(events)
  })

  test('options in the tag: Global Privacy Control as a no', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: true })
    paste('consent-options.html')
    await load({ consent: 'wait' })
    run(commands()[0])
    lead()
    await settle()
    expect(posted).toEqual([])
  })
})
