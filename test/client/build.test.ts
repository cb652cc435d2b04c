import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { settingsPlaceholder } from '../../shared/pixel-settings.ts'
import { snippet, stub } from '../../client/snippet.ts'
import { closePage, openPage, posted, postedEvents, settle } from './page.ts'

const root = path.join(import.meta.dirname, '../..')
let code = ''

beforeAll(() => {
  execFileSync(process.execPath, ['client/build.mjs'], { cwd: root })
  code = readFileSync(path.join(root, 'dist/p.js'), 'utf8')
})
beforeEach(() => {
  openPage('https://www.shop.com/?fbclid=C')
  document.head.innerHTML = ''
})
afterEach(closePage)

const run = (script: string): unknown => (0, eval)(script)
const filledIn = (settings: object): string => code.replace(`"${settingsPlaceholder}"`, () => JSON.stringify(settings))
const addTag = (attributes: string): void => {
  document.head.innerHTML = `<script type="text/plain" ${attributes} data-pairpixel></script>`
}

test('the built script holds the placeholder once, as a text in quotes', () => {
  expect(code.split(settingsPlaceholder)).toHaveLength(2)
  expect(code).toContain(`"${settingsPlaceholder}"`)
})

test.each([
  '_pp',
  '_ppo',
  '_fbp',
  '_fbc',
  '_rdt_uuid',
  '_rdt_cid',
  '_scid',
  '_scclid',
  'event_id',
  'click_ids',
  'firePageview',
  'callQueue',
])('the built script still says %s', (name) => {
  expect(code).toMatch(new RegExp(`\\b${name}\\b`))
})

test('filled in by the collector, it knows site, endpoint and platforms', async () => {
  const calls: unknown[][] = []
  Object.assign(window, { fbq: (...args: unknown[]) => void calls.push(args) })
  addTag('src="https://www.shop.com/_p/p.js"')
  run(filledIn({ site: 'served', events: '/collect', pixels: { meta: ['111'] } }))
  window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
  await settle()
  expect(posted.map(({ url, body }) => [url, body.site])).toEqual([['https://www.shop.com/collect', 'served']])
  expect(postedEvents().map(({ event, fired }) => [event, fired])).toEqual([
    ['page_view', { meta: 'unmatched' }],
    ['generate_lead', { meta: 'called' }],
  ])
  expect(calls).toEqual([['trackSingle', '111', 'Lead', {}, { eventID: 'l1' }]])
})

test.each([
  ['not filled in, attributes are enough', (text: string) => text, 'https://www.shop.com/_p/e', 'tag'],
  [
    'attributes go before what is served',
    () => filledIn({ site: 'served', events: '/e', pixels: {} }),
    'https://www.shop.com/e',
    'tag',
  ],
])('%s', async (_name, script, url, site) => {
  addTag('src="https://www.shop.com/_p/p.js" data-key="tag" data-auto="0"')
  run(script(code))
  window.pairpixel?.track('Lead')
  await settle()
  expect(posted.map((post) => [post.url, post.body.site])).toEqual([[url, site]])
  expect(postedEvents()).toHaveLength(1)
})

test('`set` goes before attributes, and early calls before the page view', async () => {
  addTag('src="https://www.shop.com/_p/p.js" data-key="tag"')
  run(stub)
  window.pairpixel?.('set', { key: 'said', auto: false })
  window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
  run(code)
  await settle()
  expect(posted.map(({ body }) => body.site)).toEqual(['said'])
  expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
})

test('loaded twice, it counts once', () => {
  run(code)
  const first = window.pairpixel
  run(code)
  expect(window.pairpixel).toBe(first)
  window.dispatchEvent(new Event('pagehide'))
  expect(postedEvents().map(({ event }) => event)).toEqual(['page_view'])
})

test('the module starts the same pixel', async () => {
  const module = (await import(
    /* @vite-ignore */ path.join(root, 'dist/client/index.mjs')
  )) as typeof import('../../client/module.ts')
  expect(Object.keys(module)).toEqual(['createPixel'])
  const pixel = module.createPixel({ key: 'bundled', endpoint: '/e', auto: false })
  expect(window.pairpixel).toBe(pixel)
  pixel.track('Lead')
  await settle()
  expect(posted.map(({ url, body }) => [url, body.site])).toEqual([['https://www.shop.com/e', 'bundled']])
})

test('the pasted lines name the script, with nothing to break out of the attribute', () => {
  expect(snippet('/_p/p.js?site="><b&x=1').split('\n')).toEqual([
    `<script>${stub}</script>`,
    '<script async src="/_p/p.js?site=&#34;&#62;&#60;b&#38;x=1" data-pairpixel></script>',
  ])
})
