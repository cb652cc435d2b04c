// One event has one name at a platform, whoever tells it: two names are two events there, under whatever ID.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { destinationOf } from '../../server/destinations/index.ts'
import { canonicalNames, platformNames, type PlatformName } from '../../shared/names.ts'
import { spellOut } from '../../shared/pixel-event.ts'
import { forward, instance } from '../destinations/vectors.ts'
import { addPlatforms, closePage, leavePage, newPage, posted, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const now = Date.parse('2026-11-21T10:00:00Z')

/** What the collector calls the only event that was posted, at a platform; undefined where it sends none. */
function sentAs(platform: PlatformName): string | undefined {
  const [raw] = posted.flatMap(({ text }) => (JSON.parse(text) as { events?: object[] }).events ?? [])
  const visitor = { user: { email: 'a@b.example' }, context: { ip: '203.0.113.7', user_agent: 'test agent' } }
  const settings = instance(platform)
  return forward(destinationOf(settings), { ...(spellOut(raw) as object), ...visitor }, settings, now).name
}

const spellings = [
  ...canonicalNames,
  // Known to the collector alone.
  ...['view_category', 'View Category', 'tutorial_complete', 'Tutorial Complete', 'COMPLETE_TUTORIAL', 'gtm.dom'],
  ...['Order Completed', 'AddToCart', 'LIST_VIEW', 'SIGN_UP', 'newsletter', 'Quiz Done'],
]
test.each(spellings)('%s', async (name) => {
  const { fbq, rdt, snaptr } = addPlatforms()
  start({ firePageview: 1 }).track(name, { value: 10, currency: 'USD' }, { id: 'e1' })
  leavePage()
  await settle()
  const [, metaName] = (fbq.mock.lastCall ?? []) as string[]
  const [, redditName, redditProps] = (rdt.mock.lastCall ?? []) as [string, string, { customEventName?: string }]
  const fired = {
    meta: metaName,
    reddit: redditName === 'Custom' ? redditProps.customEventName : redditName,
    snapchat: (snaptr.mock.lastCall as string[] | undefined)?.[1],
  }
  // What the pixel cannot fire at Snapchat, the collector sends alone.
  for (const platform of platformNames)
    expect([platform, sentAs(platform)]).toEqual([platform, fired[platform] ?? sentAs(platform)])
  expect([fired.meta, fired.reddit]).not.toContain(undefined)
})
