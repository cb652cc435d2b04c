import { describe, expect, test } from 'vitest'
import { createHistory } from '../../server/alerts/history.ts'
import { noDeliveries } from '../../server/metrics/figures.ts'
import type { EventRow } from '../../server/store/store.ts'
import { dayMs, hourMs, minuteMs } from '../../shared/limits.ts'
import { anInstance, openStage, openWebhook, shopHours, start } from './stage.ts'

const halted = anInstance({
  lane: { state: 'halted', why: 'Error validating access token <!channel> & more.', fix: 'Make a new token.' },
})
const well = anInstance()

describe('a condition', () => {
  test('is told once when it begins and once when it is over, in text and in parts', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    await stage.look()
    stage.instances = [halted]
    await stage.pass(10 * minuteMs)
    expect(hook.got).toHaveLength(1)
    const [{ body, type }] = hook.got as [(typeof hook.got)[0]]
    expect(type).toBe('application/json; charset=utf-8')
    expect(body.text).toBe(
      'Pairpixel: The platform refuses the account of meta, and its deliveries wait: Error validating access token &lt;!channel&gt; &amp; more.\nTo do: Make a new token.',
    )
    expect(body.pairpixel).toEqual({
      v: 1,
      state: 'firing',
      rule: 'token_refused',
      subject: 'meta',
      site: 'shop',
      platform: 'meta',
      since: new Date(start + minuteMs).toISOString(),
      at: new Date(start + minuteMs).toISOString(),
      message:
        'The platform refuses the account of meta, and its deliveries wait: Error validating access token <!channel> & more.',
      fix: 'Make a new token.',
    })
    stage.instances = [well]
    await stage.pass(5 * minuteMs)
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: Account refused: over for meta.'])
    expect(stage.log.map(({ alert, subject }) => [alert, subject])).toEqual([
      ['token_refused', 'meta'],
      ['token_refused', 'meta'],
    ])
  })

  test('stays said over a restart, and its end is told by the next process', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.instances = [halted]
    await stage.look()
    await stage.restart()
    await stage.pass(3 * minuteMs)
    expect(hook.got).toHaveLength(1)
    stage.instances = [well]
    await stage.restart()
    await stage.look()
    expect(hook.texts()).toHaveLength(2)
  })

  test('is not over because a process has just started and its lane has not asked yet', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.instances = [halted]
    await stage.look()
    await stage.restart()
    stage.instances = [anInstance({ states: { ...noDeliveries, pending: 3 } })]
    await stage.pass(3 * minuteMs)
    expect(hook.got).toHaveLength(1)
    stage.instances = [anInstance({ states: { ...noDeliveries, pending: 3 }, deliveredAt: stage.now })]
    await stage.look()
    expect(hook.got).toHaveLength(2)
  })

  test.each([
    ['of its own', undefined],
    ['of several processes', new Map<string, string>()],
  ])('is told although a store %s is away', async (_, shared) => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] }, undefined, shared)
    await stage.look()
    stage.isStoreAway = true
    stage.instances = [halted]
    await stage.pass(3 * minuteMs)
    stage.isStoreAway = false
    stage.instances = [anInstance({ states: { ...noDeliveries, pending: 1 } })]
    await stage.look()
    expect(hook.got).toHaveLength(1)
  })

  test('of an instance that is taken out is forgotten without a word', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.instances = [halted]
    await stage.look()
    stage.instances = []
    await stage.look()
    expect([hook.got.length, (await stage.alerts.state()).rules.flatMap(({ conditions }) => conditions)]).toEqual([
      1,
      [],
    ])
  })

  test('of a rule that is off is not looked for', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url], tokenRefused: undefined })
    stage.instances = [halted]
    await stage.look()
    expect(hook.got).toEqual([])
    const { rules } = await stage.alerts.state()
    expect(rules.filter(({ isOn }) => !isOn).map(({ rule }) => rule)).toEqual(['token_refused'])
  })

  test('that began while its rule was mute is told when the mute ends, if it lasts', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    await stage.alerts.mute('token_refused', start + 30 * minuteMs)
    stage.instances = [halted]
    await stage.pass(20 * minuteMs)
    expect(hook.got).toEqual([])
    const [rule] = (await stage.alerts.state()).rules.filter(({ conditions }) => conditions.length)
    expect(rule).toMatchObject({ rule: 'token_refused', mutedUntil: start + 30 * minuteMs })
    await stage.restart()
    await stage.pass(20 * minuteMs)
    expect(hook.got).toHaveLength(1)
    await stage.alerts.mute('token_refused', stage.now + dayMs)
    stage.instances = [well]
    await stage.pass(5 * minuteMs)
    expect(hook.got).toHaveLength(1) // mute: not even its end
    await stage.alerts.mute('token_refused', undefined)
    expect((await stage.alerts.state()).rules.every(({ mutedUntil }) => mutedUntil === undefined)).toBe(true)
  })
})

describe('silence', () => {
  /** Two weeks of a shop that is open from 8 to 22. */
  async function learned(perHour: number, days = 14) {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.now = start - days * dayMs
    await stage.alerts.look()
    for (; stage.now <= start; stage.now += 10 * minuteMs) {
      stage.hear(shopHours(stage.now, perHour) / 6)
      await stage.alerts.look()
    }
    stage.now = start
    await stage.alerts.drain()
    expect(hook.got).toEqual([])
    return { hook, stage }
  }

  test('is told by day where events usually come, and not before they are missed', async () => {
    const { hook, stage } = await learned(60)
    await stage.pass(14 * minuteMs)
    expect(hook.got).toEqual([])
    await stage.pass(20 * minuteMs)
    expect(hook.texts()).toHaveLength(1)
    expect(hook.texts()[0]).toMatch(
      /^Pairpixel: No events from the pages of shop for \d+ minutes, in which about \d+ usually come\./,
    )
    // One stray event is no recovery, traffic is; and each is told once.
    stage.hear(1)
    await stage.pass(2 * minuteMs)
    expect(hook.texts()).toHaveLength(1)
    await stage.pass(10 * minuteMs, () => stage.hear(1))
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: No events: over for shop pages.'])
  })

  test('is no news at night, nor for a site that is silent by day', async () => {
    const { hook, stage } = await learned(60)
    await stage.pass(12 * hourMs, () => stage.hear(shopHours(stage.now, 60) / 60))
    await stage.pass(9 * hourMs) // 22:00 to 7:00
    expect(hook.got).toEqual([])
  })

  test('of a quiet shop takes longer to be odd', async () => {
    const { hook, stage } = await learned(6)
    await stage.pass(90 * minuteMs)
    expect(hook.got).toEqual([])
    await stage.pass(60 * minuteMs)
    expect(hook.got).toHaveLength(1)
  })

  test('of the back end is told although pages go on', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.now = start - 5 * dayMs
    for (; stage.now < start; stage.now += 10 * minuteMs) {
      stage.hear(10)
      stage.hear(10, 'backend')
      await stage.alerts.look()
    }
    await stage.pass(30 * minuteMs, () => stage.hear(1))
    expect(hook.texts()).toEqual([expect.stringContaining('No events from the back end of shop')])
  })

  test('is not told before three days are known, nor of the time the collector was off', async () => {
    const { hook, stage } = await learned(60, 2)
    await stage.pass(2 * hourMs)
    expect(hook.got).toEqual([])
    const longer = await learned(60)
    longer.stage.now += 3 * hourMs
    await longer.stage.restart()
    await longer.stage.pass(10 * minuteMs)
    expect(longer.hook.got).toEqual([])
  })

  test('on a day of the week that always rests is usual', () => {
    const history = createHistory()
    for (let at = start - 14 * dayMs; at < start + dayMs; at += hourMs) {
      const isSaturday = new Date(at).getUTCDay() === 6
      history.heard('shop', isSaturday ? 0 : 30, at)
    }
    expect(history.usual('shop', start, start + hourMs)).toBe(0)
    expect(history.usual('shop', start + dayMs, start + dayMs + hourMs)).toBe(30)
    expect(history.usual('other', start, start + hourMs)).toBeUndefined()
  })
})

describe('shares', () => {
  const settle = (stage: ReturnType<typeof openStage>, delivered: number, dead: number) => {
    stage.counters.settlements.add(['meta', 'delivered', ''], delivered)
    stage.counters.settlements.add(['meta', 'dead', 'rejected_by_platform'], dead)
  }
  const pair = (stage: ReturnType<typeof openStage>, paired: number, alone: number) => {
    stage.counters.pairs.add(['meta', 'paired'], paired)
    stage.counters.pairs.add(['meta', 'capi-only'], alone)
  }

  test.each([
    ['19 of 20 are enough', 19, 1, 0],
    ['94 of 100 are not', 94, 6, 1],
    ['too few say nothing', 1, 18, 0],
    ['of none nothing can be said', 0, 0, 0],
  ])('success: %s', async (_, delivered, dead, told) => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    settle(stage, delivered, dead)
    await stage.look()
    expect(hook.got).toHaveLength(told)
  })

  test('success: a share around the threshold is told once, and is over only when it is well above', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    await stage.pass(hourMs, () => settle(stage, 94, 6))
    for (let n = 0; n < 8; n++) await stage.pass(15 * minuteMs, () => settle(stage, n % 2 ? 94 : 96, n % 2 ? 6 : 4))
    expect(hook.texts()).toHaveLength(1)
    await stage.pass(2 * hourMs, () => settle(stage, 99, 1))
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: Deliveries fail: over for meta.'])
  })

  test('pairs: a fall by 15 points is told, with what it was; and goes on although a day passes', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    await stage.pass(6 * hourMs, () => pair(stage, 8, 2))
    await stage.pass(2 * hourMs, () => pair(stage, 7, 3))
    expect(hook.got).toEqual([])
    await stage.pass(2 * hourMs, () => pair(stage, 6, 4))
    expect(hook.texts()).toHaveLength(1)
    expect(hook.texts()[0]).toMatch(
      / \d\d % of the events delivered to meta in the last hour are paired .* it was \d\d %\./,
    )
    stage.now += 23 * hourMs
    await stage.pass(3 * hourMs, () => pair(stage, 6, 4))
    expect(hook.texts()).toHaveLength(1)
    await stage.pass(2 * hourMs, () => pair(stage, 8, 2))
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: Fewer pairs: over for meta.'])
  })
})

test('deliveries that wait are told from the threshold on, and are over below a third of it', async () => {
  const hook = await openWebhook()
  const stage = openStage({ webhooks: [hook.url] })
  const waits = async (minutes: number) => {
    stage.instances = [anInstance({ oldestMs: minutes * minuteMs, lane: { state: 'retrying', why: 'status 503' } })]
    await stage.look()
    return hook.got.length
  }
  expect([await waits(14), await waits(15), await waits(40), await waits(5), await waits(4), await waits(5)]).toEqual([
    0, 1, 1, 1, 2, 2,
  ])
  expect(hook.texts()[0]).toContain(
    'Deliveries to meta wait for 15 minutes; 0 are pending. The last answer: status 503',
  )
})

test('a test mode is told after 24 hours of it, counted over restarts', async () => {
  const hook = await openWebhook()
  const stage = openStage({ webhooks: [hook.url] })
  stage.instances = [anInstance({ isTest: true })]
  await stage.look()
  stage.now += 23 * hourMs
  await stage.restart()
  await stage.look()
  expect(hook.got).toEqual([])
  stage.now += hourMs
  await stage.look()
  expect(hook.texts()[0]).toContain('meta has sent in test mode for 24 hours.')
  stage.instances = [anInstance()]
  await stage.look()
  expect(hook.texts()).toHaveLength(2)
})

test('the end of an API version is told a month before, a week before and when it has come', async () => {
  const hook = await openWebhook()
  const stage = openStage({ webhooks: [hook.url] })
  for (const daysLeft of [31, 30, 29, 8, 7, 6, 1, 0, -1]) {
    stage.instances = [anInstance({ version: { name: 'v24.0', daysLeft } })]
    await stage.look()
  }
  expect(hook.got.map(({ body }) => body.pairpixel.message)).toEqual([
    'meta: version v24.0 ends in 30 days.',
    'meta: version v24.0 ends in 7 days.',
    'meta: version v24.0 ends in 0 days.',
  ])
})

describe('several processes on one store', () => {
  async function openTwo() {
    const [hook, notes] = [await openWebhook(), new Map<string, string>()]
    const open = () => openStage({ webhooks: [hook.url] }, undefined, notes)
    const [one, other] = [open(), open()]
    /** Each looks once a minute, one after the other. */
    const pass = async (ms: number, each: () => void = () => undefined) => {
      for (const end = one.now + ms; one.now < end;) {
        one.now += minuteMs
        other.now = one.now
        each()
        await one.look()
        await other.look()
      }
    }
    return { hook, one, other, pass }
  }

  test('tell once, though one sees the trouble and the other does not', async () => {
    const { hook, one, other, pass } = await openTwo()
    one.instances = [halted]
    other.instances = [anInstance({ deliveredAt: start })]
    await pass(10 * minuteMs, () => (other.instances = [anInstance({ deliveredAt: one.now })]))
    expect(hook.texts()).toHaveLength(1)
    one.instances = other.instances
    await pass(2 * minuteMs)
    expect(hook.texts()).toHaveLength(1) // well, but not for long
    await pass(2 * minuteMs)
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: Account refused: over for meta.'])
  })

  test('one that only takes events leaves alone what one that delivers has found', async () => {
    const { hook, one, other, pass } = await openTwo()
    one.instances = [halted]
    other.instances = [anInstance({ lane: undefined })]
    await pass(10 * minuteMs)
    expect(hook.texts()).toHaveLength(1)
    expect((await other.alerts.state()).rules.flatMap(({ conditions }) => conditions)).toHaveLength(1)
  })

  test('learn together what is usual, and one that hears nothing asks the store', async () => {
    const { hook, one, other, pass } = await openTwo()
    const from = start - 4 * dayMs
    for (one.now = from; one.now <= start; one.now += 20 * minuteMs) {
      other.now = one.now
      for (const each of [one, other]) {
        each.hear(10)
        await each.alerts.look()
      }
    }
    one.now = start
    const rowAt = (at: number) => ({
      ...rowOf(0),
      copies: [{ ...copyOf('js'), kind: 'browser' as const, receivedAt: at }],
    })
    // All goes to one of them now.
    await pass(40 * minuteMs, () => {
      one.hear(1)
      one.rows = other.rows = [rowAt(one.now)]
    })
    expect(hook.texts()).toEqual([])
    await pass(30 * minuteMs)
    expect(hook.texts()).toHaveLength(1)
    expect(hook.texts()[0]).toMatch(/in which about \d+ usually come/)
  })
})

const copyOf = (origin: string, duplicates = 0): EventRow['copies'][number] => ({
  kind: 'backend',
  origin,
  receivedAt: start,
  duplicates,
  result: 'stored',
  facts: {},
})
const rowOf = (n: number, change: Partial<EventRow> = {}): EventRow => ({
  site: 'shop',
  name: 'purchase',
  eventId: `e-${n}`,
  firstAt: start - n * minuteMs,
  conflict: false,
  fired: {},
  copies: [copyOf('api')],
  deliveries: [],
  ...change,
})

describe('senders', () => {
  const rows = (bad: number, change: Partial<EventRow>, of = 100) =>
    Array.from({ length: of }, (_, n) => rowOf(n, n < bad ? change : {}))

  test.each([
    ['two IDs with two values are an accident', 2, { conflict: true }, undefined],
    ['three are not', 3, { conflict: true }, '3 of the newest 100 events of shop came with another value'],
    ['four events told twice are an accident', 4, { copies: [copyOf('api'), copyOf('webhook')] }, undefined],
    [
      'five are not',
      5,
      { copies: [copyOf('api'), copyOf('webhook')] },
      '5 of the newest 100 events of shop were told twice',
    ],
    [
      'events posted again and again',
      6,
      { copies: [copyOf('api', 3)] },
      '6 of the newest 100 events of shop were posted four',
    ],
    ['a repeat now and then is none', 50, { copies: [copyOf('api', 2)] }, undefined],
    ['of yesterday', 50, { conflict: true, firstAt: start - 2 * dayMs }, undefined],
  ])('%s', async (_, bad, change, told) => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    stage.rows = rows(bad, change)
    await stage.look()
    expect(hook.texts()).toEqual(told === undefined ? [] : [expect.stringContaining(told)])
    stage.rows = rows(0, {})
    await stage.pass(10 * minuteMs)
    expect(hook.texts()).toHaveLength(told === undefined ? 0 : 2)
  })
})
