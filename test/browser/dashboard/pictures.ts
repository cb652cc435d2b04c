// The pictures of docs/dashboard.md: `npm run docs:images` takes them anew, of a shop that is always the same.
import { chromiumFile } from '../chromium.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { aWorld, fixtureToken, openFixture } from './fixture.ts'
import { withPalette } from './palette.ts'

const folder = path.join(import.meta.dirname, '../../../docs/images')
const now = Date.UTC(2026, 10, 21, 12)

/** Name → address behind #, and the height of what is shown; as wide as said, light unless said otherwise. */
const pictures = [
  { name: 'overview', at: '/overview', width: 1440, height: 1180 },
  { name: 'overview-dark', at: '/overview', width: 1440, height: 1180, dark: true },
  { name: 'overview-phone', at: '/overview', width: 390, height: 844 },
  { name: 'event', at: '/event?site=shop&event=purchase&event_id=1042', width: 1440, height: 800 },
  { name: 'pairing', at: '/pairing', width: 1440, height: 900 },
  { name: 'events-phone-dark', at: '/events', width: 390, height: 844, dark: true },
  { name: 'setup', at: '/setup', width: 1440, height: 900 },
  { name: 'quality', at: '/quality', width: 1440, height: 760 },
  { name: 'dead', at: '/dead', width: 1440, height: 560 },
] as const

const only = process.argv.slice(2)
const all = only[0] === '--all'
const target = all ? only[1]! : folder
const views = [
  'overview',
  'pairing',
  'events',
  'event?site=shop&event=purchase&event_id=1042',
  'quality',
  'errors',
  'dead',
  'alerts',
  'setup',
]
/** For the eye alone: every view at both widths, light and dark, in full. */
const everything = views.flatMap((view) =>
  [1440, 390].flatMap((width) =>
    [false, true].map((dark) => ({
      name: `${view.split('?')[0]}-${width}${dark ? '-dark' : ''}`,
      at: `/${view}`,
      width,
      height: 900,
      dark,
    })),
  ),
)

mkdirSync(target, { recursive: true })
const world = aWorld(now)
const fixture = await openFixture(
  all ? { ...world, overview: { ...world.overview, demo: { shopUrl: 'http://127.0.0.1:8786' } } } : world,
)
const browser = await chromium.launch({ executablePath: chromiumFile })
for (const picture of all ? everything : pictures) {
  const { name, at, width, height } = picture
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: 'dark' in picture && picture.dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.on('console', (message) => console.log(name, message.text()))
  page.on('pageerror', (error) => console.log(name, error.message))
  await page.clock.setFixedTime(now)
  await page.goto(`${fixture.url}#token=${fixtureToken}`)
  await page.waitForSelector('h1:text("Overview")')
  await page.goto(`${fixture.url}#${at}`)
  await page.waitForSelector('#main > :not(:first-child)')
  await page.waitForSelector('#status .live')
  await page.waitForTimeout(250)
  writeFileSync(path.join(target, `${name}.png`), withPalette(await page.screenshot({ fullPage: all })))
  await context.close()
}
await browser.close()
await fixture.close()
