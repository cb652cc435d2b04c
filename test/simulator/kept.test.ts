import { expect, test } from 'vitest'
import { hit, send, started, useSimulators, type Name, type Step } from './arrivals.ts'
import { readState, setMode } from './calls.ts'
import { now, post, accounts, hash } from './start.ts'

useSimulators()
const minute = 1 / 60
const browser = (at = 0, value = 5): Step => ({ hit: true, event: 'Purchase', id: 'a', value, at })
const server = (at = 0, value = 6): Step => ({ event: 'Purchase', id: 'a', value, at })
const snapBrowser: Step = { hit: true, event: 'PURCHASE', id: 'a', value: 5 }
const snapServer: Step = { event: 'PURCHASE', id: 'a', value: 6 }

const cases: [sentence: string, name: Name, steps: Step[], counted: object[]][] = [
  ['Meta 11: the first received stays', 'meta', [browser(), server()], [{ kept: 'browser', value: 5 }]],
  ['Meta 11: the browser in the same moment', 'meta', [server(), browser()], [{ kept: 'browser', value: 5 }]],
  ['Meta 11: just under five minutes', 'meta', [server(), browser(4.99 * minute)], [{ kept: 'browser', value: 5 }]],
  ['Meta 11: five minutes', 'meta', [server(), browser(5 * minute)], [{ kept: 'browser', value: 5 }]],
  ['Meta 11: just over five minutes', 'meta', [server(), browser(5.01 * minute)], [{ kept: 'server', value: 6 }]],
  [
    'Meta 11: what the kept copy lacks comes from the other',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Lead', id: 'a', value: 6 },
    ],
    [{ kept: 'browser', value: 6, currency: 'USD' }],
  ],
  [
    'Meta 11: two server copies are not promised to join',
    'meta',
    [server(), server(1)],
    [{ server_copies: 2, hits: 0, double: true }],
  ],
  [
    'Meta 11: nor are they beside a hit',
    'meta',
    [browser(), server(), server(1)],
    [{ server_copies: 2, hits: 1, paired: true, double: true }],
  ],

  [
    'Reddit 10: the copy with more metadata and match keys wins, although it is later',
    'reddit',
    [
      { event: 'PURCHASE', id: 'a', value: 6 },
      { hit: true, event: 'Purchase', id: 'a', value: 5 },
    ],
    [{ kept: 'browser', value: 5, currency: undefined }],
  ],
  [
    'Reddit 10: with as many the earlier, here the server',
    'reddit',
    [
      { event: 'PURCHASE', id: 'a', value: 6 },
      { hit: true, event: 'Purchase', id: 'a' },
    ],
    [{ kept: 'server', value: 6, currency: 'USD' }],
  ],
  [
    'Reddit 10: with as many the earlier, here the browser, and nothing is filled in',
    'reddit',
    [
      { hit: true, event: 'Purchase', id: 'a' },
      { event: 'PURCHASE', id: 'a', value: 6 },
    ],
    [{ kept: 'browser', value: undefined, currency: undefined }],
  ],
  [
    'Reddit 10: two server copies join',
    'reddit',
    [
      { event: 'LEAD', id: 'a' },
      { event: 'LEAD', id: 'a', at: 1 },
    ],
    [{ server_copies: 2, double: undefined }],
  ],

  ['Snapchat 13: the first stays, the server', 'snapchat', [snapServer, snapBrowser], [{ kept: 'server', value: 6 }]],
  ['Snapchat 13: the first stays, the browser', 'snapchat', [snapBrowser, snapServer], [{ kept: 'browser', value: 5 }]],
  [
    'Snapchat 13: what only the second has is merged into the first',
    'snapchat',
    [{ hit: true, event: 'PURCHASE', id: 'a' }, snapServer],
    [{ kept: 'browser', value: 6, currency: 'USD' }],
  ],
  [
    'Snapchat 13: two server copies join',
    'snapchat',
    [snapServer, { ...snapServer, at: 1 }],
    [{ server_copies: 2, double: undefined }],
  ],
  ...[
    [30 * 24, 1],
    [30 * 24 + 0.01, 2],
  ].map(([at, conversions]): (typeof cases)[number] => [
    `Snapchat 13: an order after ${at} hours`,
    'snapchat',
    [
      { event: 'PURCHASE', id: 'a', order: '1' },
      { event: 'PURCHASE', id: 'b', order: '1', at },
    ],
    Array.from({ length: conversions ?? 0 }, () => ({ server: true })),
  ]),
]

const play = async (name: Name, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    started.clock.now = now + (step.at ?? 0) * 3_600_000
    const { status } = step.hit ? await hit[name](step) : await send[name](step)
    expect(status).toBe(200)
  }
}

test.each(cases)('%s', async (_sentence, name, steps, counted) => {
  await play(name, steps)
  const found = started.simulators[name].state().counted
  expect(found).toHaveLength(counted.length)
  for (const [at, row] of counted.entries())
    for (const [key, value] of Object.entries(row)) expect([key, found[at]?.[key as 'event']]).toEqual([key, value])
})

test('Reddit 10: address and user agent of the hit, click ID, cookie and screen weigh as match keys', async () => {
  const event = {
    ...{ event_at: now, action_source: 'WEBSITE', click_id: '318', type: { tracking_type: 'LEAD' } },
    metadata: { conversion_id: 'a', currency: 'USD', value: 6 },
    user: { email: hash('a'), data_processing_options: { modes: ['LDU'] } },
  }
  await post(started.origin, {
    path: `/api/v3/pixels/${accounts.reddit.pixelId}/conversion_events`,
    headers: { authorization: `Bearer ${accounts.reddit.token}`, 'user-agent': 'node:pairpixel:0.1.0' },
    body: { data: { events: [event] } },
  })
  const fields = { id: accounts.reddit.pixelId, event: 'Lead', 'm.conversionId': 'a', 'm.value': '5', uuid: 'u' }
  const ask = (more: Record<string, string>) =>
    fetch(`${started.origin}/rp.gif?${new URLSearchParams({ ...fields, ...more }).toString()}`)
  const kept = () => started.simulators.reddit.state().counted.map((one) => one.kept)
  // Five and five; amounts in both forms are one amount, a name and an empty field are none.
  await ask({ 'm.valueDecimal': '5', 'm.currency': '', 'm.customEventName': 'x' })
  expect(kept()).toEqual(['server'])
  await ask({ sw: '1440', sh: '900' })
  expect(kept()).toEqual(['browser'])
})

const windows: [name: Name, event: string][] = [
  ['meta', 'Lead'],
  ['reddit', 'Lead'],
  ['snapchat', 'SAVE'],
]
const moments: [afterS: number, conversions: number][] = [
  [9, 1],
  [10, 1],
  [11, 2],
]
test.each(windows.flatMap(([name, event]) => moments.map((moment) => [name, event, ...moment] as const)))(
  '%s: with dedup_s 10 a %s joins after %i s: %i conversions',
  async (name, event, afterS, conversions) => {
    await setMode(name, { mode: 'ok', dedup_s: 10 })
    const serverEvent = name === 'reddit' ? event.toUpperCase() : event
    await play(name, [
      { hit: true, event, id: 'a' },
      { event: serverEvent, id: 'a', at: afterS / 3600 },
    ])
    expect(started.simulators[name].state().counted).toHaveLength(conversions)
  },
)

test('dedup_s shortens the window of an order too, and lengthens none', async () => {
  await setMode('snapchat', { mode: 'ok', dedup_s: 10 })
  const order: Step = { event: 'PURCHASE', id: 'a', order: '1' }
  await play('snapchat', [order, { ...order, id: 'b', at: 11 / 3600 }])
  expect(started.simulators.snapchat.state().counted).toHaveLength(2)
  await setMode('meta', { mode: 'ok', dedup_s: 60 * 86_400 })
  await play('meta', [server(), server(49)])
  expect(started.simulators.meta.state().counted).toHaveLength(2)
})

test('a copy keeps the window it came under', async () => {
  await setMode('reddit', { mode: 'ok', dedup_s: 10 })
  const lead: Step = { event: 'LEAD', id: 'a' }
  await play('reddit', [lead, { ...lead, at: 1 }])
  await setMode('reddit', { mode: 'ok' })
  expect(await readState('reddit')).toMatchObject({ counted: [{ server_copies: 1 }, { server_copies: 1 }] })
})
