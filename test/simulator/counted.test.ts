import { expect, test } from 'vitest'
import { hit, send, sha256, started, useSimulators, type Name, type Step } from './arrivals.ts'
import { now } from './start.ts'

useSimulators()
const hour = 3_600_000
const day = 24 * hour

const cases: [sentence: string, name: Name, steps: Step[], counted: object[]][] = [
  [
    'same name and ID pair',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Lead', id: 'a' },
    ],
    [{ event: 'Lead', id: 'a', browser: true, server: true, paired: true, hits: 1, server_copies: 1 }],
  ],
  [
    'the server may be first',
    'meta',
    [
      { event: 'Lead', id: 'a' },
      { hit: true, event: 'Lead', id: 'a' },
    ],
    [{ paired: true }],
  ],
  [
    'another name does not pair',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Purchase', id: 'a', value: 1 },
    ],
    [
      { event: 'Lead', paired: false, server: false },
      { event: 'Purchase', paired: false, browser: false },
    ],
  ],
  [
    'another case of the name does not pair',
    'meta',
    [
      { hit: true, event: 'lead', id: 'a' },
      { event: 'Lead', id: 'a' },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'another ID does not pair',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Lead', id: 'A' },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'a hit without ID counts on its own',
    'meta',
    [
      { hit: true, event: 'Lead' },
      { event: 'Lead', id: 'a' },
    ],
    [
      { id: undefined, browser: true, server: false },
      { server: true, browser: false },
    ],
  ],
  [
    'two copies without ID count twice',
    'meta',
    [{ event: 'Lead' }, { event: 'Lead' }],
    [{ server_copies: 1 }, { server_copies: 1 }],
  ],
  [
    'exactly 48 hours later',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Lead', id: 'a', at: 48 },
    ],
    [{ paired: true }],
  ],
  [
    'more than 48 hours later',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'Lead', id: 'a', at: 48.01 },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'the window runs from the first copy, not the last',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { hit: true, event: 'Lead', id: 'a', at: 40 },
      { event: 'Lead', id: 'a', at: 60 },
    ],
    [
      { hits: 2, paired: false },
      { server: true, paired: false },
    ],
  ],
  [
    'another pixel’s hit is not counted',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a', pixel: '999' },
      { event: 'Lead', id: 'a' },
    ],
    [{ browser: false, server: true }],
  ],
  [
    'the first value stays, a missing one is filled in',
    'meta',
    [
      { hit: true, event: 'Lead', id: 'a', value: 5 },
      { event: 'Lead', id: 'a', value: 6 },
    ],
    [{ value: 5, currency: 'USD' }],
  ],

  [
    'raw on the server, digest from the pixel',
    'reddit',
    [
      { hit: true, event: 'Purchase', id: 'a' },
      { event: 'PURCHASE', id: 'a' },
    ],
    [{ event: 'PURCHASE', id: sha256('a'), paired: true }],
  ],
  [
    'digest on both sides',
    'reddit',
    [
      { hit: true, event: 'Purchase', id: 'a' },
      { event: 'PURCHASE', id: sha256('a') },
    ],
    [{ paired: true }],
  ],
  [
    'another channel does not pair',
    'reddit',
    [
      { hit: true, event: 'Purchase', id: 'a' },
      { event: 'PURCHASE', id: 'a', channel: 'APP' },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'another type does not pair',
    'reddit',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'SIGN_UP', id: 'a' },
    ],
    [{ event: 'LEAD' }, { event: 'SIGN_UP' }],
  ],
  [
    'a custom event is not the standard one of its name',
    'reddit',
    [
      { hit: true, event: 'Purchase', id: 'a' },
      { event: 'CUSTOM:PURCHASE', id: 'a' },
    ],
    [{ event: 'PURCHASE' }, { event: 'CUSTOM:PURCHASE' }],
  ],
  [
    'exactly two days later',
    'reddit',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'LEAD', id: 'a', at: 48 },
    ],
    [{ paired: true }],
  ],
  [
    'more than two days later',
    'reddit',
    [
      { hit: true, event: 'Lead', id: 'a' },
      { event: 'LEAD', id: 'a', at: 48.01 },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'a hit without ID counts on its own',
    'reddit',
    [
      { hit: true, event: 'Lead' },
      { event: 'LEAD', id: 'a' },
    ],
    [
      { browser: true, server: false },
      { browser: false, server: true },
    ],
  ],

  [
    'same name and ID pair',
    'snapchat',
    [
      { hit: true, event: 'SAVE', id: 'a' },
      { event: 'SAVE', id: 'a' },
    ],
    [{ event: 'SAVE', id: 'a', paired: true }],
  ],
  [
    'an ID made by the pixel pairs with nothing',
    'snapchat',
    [
      { hit: true, event: 'SAVE', id: '@-x' },
      { event: 'SAVE', id: 'a' },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'a purchase pairs by its order as well',
    'snapchat',
    [
      { hit: true, event: 'PURCHASE', id: '@-x', order: '1001' },
      { event: 'PURCHASE', id: 'a', order: '1001' },
    ],
    [{ paired: true }],
  ],
  [
    'no other event pairs by its order',
    'snapchat',
    [
      { hit: true, event: 'SAVE', id: '@-x', order: '1001' },
      { event: 'SAVE', id: 'a', order: '1001' },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'more than 48 hours later by ID',
    'snapchat',
    [
      { hit: true, event: 'SAVE', id: 'a' },
      { event: 'SAVE', id: 'a', at: 48.01 },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    '29 days later by order',
    'snapchat',
    [
      { hit: true, event: 'PURCHASE', id: 'a', order: '1' },
      { event: 'PURCHASE', id: 'a', order: '1', at: 29 * 24 },
    ],
    [{ paired: true }],
  ],
  [
    '31 days later by order',
    'snapchat',
    [
      { hit: true, event: 'PURCHASE', id: 'a', order: '1' },
      { event: 'PURCHASE', id: 'a', order: '1', at: 31 * 24 },
    ],
    [{ paired: false }, { paired: false }],
  ],
  [
    'an order first seen on the second copy is known to the third',
    'snapchat',
    [
      { hit: true, event: 'PURCHASE', id: 'a' },
      { event: 'PURCHASE', id: 'a', order: '1' },
      { event: 'PURCHASE', id: 'b', order: '1' },
    ],
    [{ id: 'a', paired: true, server_copies: 2 }],
  ],
]

const sections = { meta: 'Meta 11', reddit: 'Reddit 10', snapchat: 'Snapchat 13' }
const rows = cases.map((row) => [sections[row[1]], ...row] as const)
test.each(rows)('%s: %s (%s)', async (_section, _sentence, name, steps, counted) => {
  for (const step of steps) {
    started.clock.now = now + (step.at ?? 0) * hour
    const { status } = step.hit ? await hit[name](step) : await send[name](step)
    expect(status).toBe(200)
  }
  expect(started.simulators[name].state().counted).toMatchObject(counted)
  expect(started.simulators[name].state().counted).toHaveLength(counted.length)
})

test('Meta 11: after its window an ID starts anew', async () => {
  await send.meta({ event: 'Lead', id: 'a' })
  started.clock.now = now + 3 * day
  await send.meta({ event: 'Lead', id: 'a' })
  await hit.meta({ event: 'Lead', id: 'a' })
  expect(started.simulators.meta.state().counted).toMatchObject([
    { server_copies: 1, hits: 0 },
    { server_copies: 1, hits: 1 },
  ])
})
