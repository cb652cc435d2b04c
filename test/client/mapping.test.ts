import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest'
import { pixelFor, readBuiltPixel } from '../../server/pixel-file.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { addPlatforms, closePage, openPage, posted, postedEvents, setGlobal, settle } from './page.ts'

const accounts = {
  meta: { pixel_id: '1', access_token: 'fake' },
  reddit: { pixel_id: 'a2_x', access_token: 'fake' },
  snapchat: { pixel_id: 'uuid', access_token: 'fake' },
}
const served = (destinations: Record<string, object>): string => {
  const [site] = checkTree({ destinations }).sites
  return pixelFor(readBuiltPixel(), site!, true, { script: '/p.js', events: '/e' }).plain.toString()
}
const each = (change: object) =>
  Object.fromEntries(Object.entries(accounts).map(([name, account]) => [name, { ...account, ...change }]))

beforeEach(() => {
  openPage('https://www.shop.com/')
  setGlobal('pairpixel', undefined)
  document.head.innerHTML =
    '<script type="text/plain" src="https://www.shop.com/p.js" data-auto="0" data-pairpixel></script>'
})
afterEach(closePage)

/** Loads the script of these settings, tells of events, answers what each platform's function was called with. */
async function tell(destinations: Record<string, object>, ...events: [string, object?][]) {
  const { fbq, rdt, snaptr } = addPlatforms()
  ;(0, eval)(served(destinations))
  vi.advanceTimersByTime(0)
  for (const [name, props = {}] of events) window.pairpixel?.('track', name, { ...props }, { id: 'x1' })
  await settle()
  const names = (calls: unknown[][]): unknown[][] => calls.map((call) => call.slice(0, -2))
  return {
    meta: names(fbq.mock.calls as unknown[][]),
    reddit: (rdt.mock.calls as [unknown, string, { customEventName?: string }][]).map(([, name, params]) => [
      name,
      params.customEventName,
    ]),
    snapchat: (snaptr.mock.calls as [unknown, string][]).map(([, name]) => name),
    sent: postedEvents(),
  }
}

test('a site without rules is served no code for them', () => {
  expect(served(accounts)).not.toContain('mapping:')
  expect(served({ ...accounts, meta: { ...accounts.meta, map: [{ set: { value: 'props.v' } }] } })).not.toContain(
    'mapping:',
  )
})

describe('both sides use one name', () => {
  test('a custom event becomes a standard one', async () => {
    const page = await tell(each({ rename: { newsletter_signup: 'Lead' } }), ['newsletter_signup'])
    expect(page.meta).toEqual([['trackSingle', '1', 'Lead']])
    expect(page.reddit).toEqual([['Lead', undefined]])
    expect(page.snapchat).toEqual(['SIGN_UP'])
    expect(page.sent.map(({ event, names, fired }) => ({ event, names, fired }))).toEqual([
      {
        event: 'newsletter_signup',
        names: { meta: 'Lead', reddit: 'Lead', snapchat: 'SIGN_UP' },
        fired: { meta: 'called', reddit: 'called', snapchat: 'called' },
      },
    ])
  })

  test('a standard event becomes a custom one', async () => {
    const page = await tell(
      {
        ...each({ rename: { Subscribe: 'Joined the club' } }),
        snapchat: { ...accounts.snapchat, rename: { Subscribe: 'CUSTOM_EVENT_2' } },
      },
      ['subscribe'],
    )
    expect(page.meta).toEqual([['trackSingleCustom', '1', 'Joined the club']])
    expect(page.reddit).toEqual([['Custom', 'Joined the club']])
    expect(page.snapchat).toEqual(['CUSTOM_EVENT_2'])
  })

  test('what a filter keeps out is fired nowhere, and is told to the collector all the same', async () => {
    const page = await tell(
      { ...accounts, reddit: { ...accounts.reddit, events: ['purchase'] } },
      ['Lead'],
      ['Purchase'],
    )
    expect(page.reddit).toEqual([['Purchase', undefined]])
    expect(page.meta.map(([, , name]) => name)).toEqual(['Lead', 'Purchase'])
    expect(posted.flatMap(({ body }) => body.events ?? []).map(({ event, fired }) => [event, fired?.reddit])).toEqual([
      ['generate_lead', undefined],
      ['purchase', 'called'],
    ])
  })

  test.each([
    ['an amount in the range', { value: 150 }, 'Subscribe'],
    ['at its edge', { value: '100' }, 'Subscribe'],
    ['below it', { value: 99.99 }, 'Lead'],
    ['no amount', {}, 'Lead'],
  ])('conditions: %s', async (_what, props, name) => {
    const map = [
      {
        when: [
          { field: 'event', is: 'lead' },
          { field: 'value', min: 100, max: 200 },
        ],
        name: 'Subscribe',
      },
    ]
    expect((await tell({ meta: { ...accounts.meta, map } }, ['Lead', props])).meta).toEqual([
      ['trackSingle', '1', name],
    ])
  })

  test('a condition on a property of the page’s own', async () => {
    const map = [{ when: [{ field: 'props.plan', in: ['pro', 'team'] }], name: 'StartTrial' }]
    const page = await tell({ meta: { ...accounts.meta, map } }, ['Lead', { plan: 'team' }], ['Lead', { plan: 'free' }])
    expect(page.meta.map(([, , name]) => name)).toEqual(['StartTrial', 'Lead'])
  })
})

test('two pixels of Meta, each with its own rules', async () => {
  const page = await tell(
    {
      meta: { ...accounts.meta, rename: { quiz_done: 'Lead' } },
      'meta-eu': { platform: 'meta', pixel_id: '2', access_token: 'fake' },
      'meta-us': { platform: 'meta', pixel_id: '3', access_token: 'fake', events: { except: ['quiz_done'] } },
    },
    ['quiz_done'],
  )
  expect(page.meta).toEqual([
    ['trackSingle', '1', 'Lead'],
    ['trackSingleCustom', '2', 'quiz_done'],
  ])
  expect(page.sent[0]?.names).toEqual({ meta: 'Lead', 'meta-eu': 'quiz_done' })
})
