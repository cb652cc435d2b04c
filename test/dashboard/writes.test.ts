import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { aCollector, aPurchaseOf } from './running.ts'

const soon = { timeout: 40_000, interval: 100 }
const meta = { instance: 'meta', site: 'default' } as const

test('a revoked token: the card says so with the fix, the new one heals it, and nobody is shown it again', async () => {
  const shop = await aCollector()
  shop.platforms.meta.setMode({ mode: 'token_revoked' })
  await shop.page([aPurchaseOf('T-1')])
  const ill = await vi.waitFor(async () => {
    const overview = await shop.read('overview')
    expect(shop.card(overview, 'meta')).toMatchObject({ state: 'degraded', queued: 1 })
    expect(shop.card(overview, 'meta').fix).toMatch(/token/)
    return overview
  }, soon)
  expect(shop.card(ill, 'reddit').state).toBe('healthy')
  expect(shop.card(ill, 'meta').reason).toMatch(
    /refuses us: .*invalidated \(190\/460\)\. One event waits, and is not lost\.$/,
  )
  // The lane knows of it a moment before the store does, which is counted by.
  const error = await vi.waitFor(async () => {
    const [found] = await shop.read('errors')
    expect(found).toMatchObject({ instance: 'meta', platform: 'meta', code: expect.stringMatching(/^190/) as string })
    return found
  }, soon)
  expect(error?.fix).toMatch(/token/i)
  const asked = await shop.write('probe', meta)
  expect(asked.status).toBe(200)
  expect(shop.card(await shop.read('overview'), 'meta').token).toMatchObject({ set: true, good: false })

  shop.platforms.meta.setMode({ mode: 'ok' })
  const { token } = demoAccounts.meta
  const said = await shop.write('token', { ...meta, token: ` ${token}\n` })
  expect(said).toMatchObject({ status: 200, words: expect.stringMatching(/kept.*Meta takes the token/) as string })
  await vi.waitFor(async () => {
    expect(shop.card(await shop.read('overview'), 'meta')).toMatchObject({
      state: 'healthy',
      queued: 0,
      token: { good: true },
    })
  }, soon)
  expect(statSync(shop.secretsFile).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(shop.secretsFile, 'utf8'))).toEqual({
    destinations: { meta: { access_token: token } },
  })
  for (const path of ['overview', 'setup', 'errors', 'events', 'alerts', 'dead'])
    expect(await (await shop.session.get(path)).text()).not.toContain(token)
})

test.each([
  ['white space inside', 'EAA cut in two', /white space/],
  ['that of another platform', 'eyJ0b2tlbg'.repeat(20), /another platform/],
  ['cut short', 'EAAshort', /characters|short/],
])('a token that is %s is not kept', async (_sentence, token, words) => {
  const shop = await aCollector()
  const said = await shop.write('token', { ...meta, token })
  expect(said).toMatchObject({ status: 409, words: expect.stringMatching(words) as string })
  expect(existsSync(shop.secretsFile)).toBe(false)
})

test('switched off it takes nothing new, over a restart too, until it is switched on', async () => {
  const shop = await aCollector()
  expect(await shop.write('switch', { ...meta, enabled: false })).toMatchObject({ status: 200 })
  expect(shop.card(await shop.read('overview'), 'meta')).toMatchObject({ state: 'paused', enabled: false })
  await shop.page([aPurchaseOf('T-1')])
  const reasonOf = async (id: string) =>
    (await shop.read('events', { event_id: id }))[0]?.deliveries.find(({ instance }) => instance === 'meta')
  expect(await reasonOf('T-1')).toMatchObject({ state: 'suppressed', reason: 'disabled' })
  expect(JSON.parse(readFileSync(shop.secretsFile, 'utf8'))).toEqual({ destinations: { meta: { enabled: false } } })
  await shop.write('switch', { ...meta, enabled: true })
  await shop.page([aPurchaseOf('T-2')])
  await vi.waitFor(async () => expect(await reasonOf('T-2')).toMatchObject({ state: 'delivered' }), soon)
})

test('dead letters: grouped with the fix, sent again when it is mended, put aside with a reason', async () => {
  const shop = await aCollector()
  shop.platforms.meta.setMode({ mode: 'error', code: 100, subcode: 2804009, status: 400 })
  await shop.page([aPurchaseOf('T-1'), aPurchaseOf('T-2'), aPurchaseOf('T-3')])
  const group = await vi.waitFor(async () => {
    const [found, ...others] = await shop.read('dead')
    expect(others).toEqual([])
    expect(found).toMatchObject({ instance: 'meta', state: 'dead', reason: 'rejected_by_platform', count: 3 })
    return found!
  }, soon)
  expect(group.sample.map(({ eventId }) => eventId).sort()).toEqual(['T-1', 'T-2', 'T-3'])
  expect(group.fix).toMatch(/value/)
  expect((await shop.read('event', { site: 'default', event: 'purchase', event_id: 'T-1' })).canResend).toEqual([
    'meta',
  ])

  shop.platforms.meta.setMode({ mode: 'ok' })
  expect(await shop.write('resend', { ...meta, event: 'purchase', event_id: 'T-1' })).toMatchObject({ status: 200 })
  await vi.waitFor(async () => expect((await shop.read('dead'))[0]?.count).toBe(2), soon)
  expect(await shop.write('resend', { ...meta, event: 'purchase', event_id: 'T-1' })).toMatchObject({ status: 409 })

  expect(await shop.write('discard', { group: group.id, reason: 'test orders' })).toMatchObject({
    status: 200,
    words: expect.stringContaining('2 events') as string,
  })
  expect(await shop.read('dead')).toEqual([])
  const gone = await shop.read('event', { site: 'default', event: 'purchase', event_id: 'T-2' })
  expect(gone.canResend).toEqual([])
  expect(gone.row.deliveries.find(({ instance }) => instance === 'meta')).toMatchObject({
    ...{ state: 'dead', reason: 'discarded', reasonText: 'Somebody discarded it by hand.' },
    why: expect.stringMatching(/^Discarded by hand: test orders\. It had ended so: \S/) as string,
  })
  expect((await shop.read('overview')).totals.conservation).toMatchObject({ dead: 2, addsUp: true })
  expect(await shop.write('replay', { group: group.id, forced: true })).toMatchObject({ status: 409 })

  shop.platforms.meta.setMode({ mode: 'error', code: 100, subcode: 2804009, status: 400 })
  await shop.page([aPurchaseOf('T-4')])
  await vi.waitFor(async () => expect((await shop.read('dead'))[0]?.count).toBe(1), soon)
  shop.platforms.meta.setMode({ mode: 'ok' })
  expect(await shop.write('replay', { group: group.id, forced: false })).toMatchObject({
    status: 200,
    words: expect.stringContaining('One event is tried again') as string,
  })
  await vi.waitFor(async () => {
    const [row] = await shop.read('events', { event_id: 'T-4' })
    expect(row?.deliveries.find(({ instance }) => instance === 'meta')?.state).toBe('delivered')
  }, soon)
  // An end that another one replaced is counted once.
  const { funnel, totals } = await shop.read('overview')
  expect([funnel.delivered, funnel.dead]).toEqual([totals.conservation.delivered, totals.conservation.dead])
})

test('a destination without a token keeps its events; the first token that is typed in lets them go', async () => {
  const { meta, reddit } = demoAccounts
  const shop = await aCollector((url) => ({
    destinations: {
      meta: { pixel_id: meta.pixelId, endpoint: url },
      reddit: { pixel_id: reddit.pixelId, access_token: reddit.token, endpoint: url },
    },
  }))
  const card = async () => shop.card(await shop.read('overview', { range: '10m' }), 'meta')
  expect(await card()).toMatchObject({
    state: 'not_set',
    reason: 'No access token is set.',
    fix: expect.stringContaining('Set-up') as string,
    token: { set: false },
  })
  const isSet = async () => (await shop.read('setup'))[0]?.tokens.map(({ instance, set }) => [instance, set])
  expect(await isSet()).toEqual([
    ['meta', false],
    ['reddit', true],
  ])
  expect(await (await fetch(`${shop.url}/readyz`)).json()).toMatchObject({
    ready: true,
    lanes: { halted: 1, ok: 1 },
    notices: { urgent: 1 },
  })
  expect((await shop.write('probe', { instance: 'meta', site: 'default' })).words).toContain('No access token is set')

  await shop.page([aPurchaseOf('T-1')])
  await vi.waitFor(async () => expect((await card()).reason).toContain('One event waits, and is not lost.'), soon)
  const typed = await shop.write('token', { instance: 'meta', site: 'default', token: meta.token })
  expect(typed).toMatchObject({ status: 200, words: expect.stringContaining('takes the token') as string })
  await vi.waitFor(async () => expect(await card()).toMatchObject({ state: 'healthy', queued: 0 }), soon)
  expect((await card()).lastSuccessAt).toBeDefined()
  expect(await isSet()).toContainEqual(['meta', true])
  expect(JSON.parse(readFileSync(shop.secretsFile, 'utf8'))).toEqual({
    destinations: { meta: { access_token: meta.token } },
  })
})

test.each([
  ['switch', { instance: 'meta', site: 'default', enabled: 'yes' }],
  ['switch', { instance: 'meta', site: 'default' }],
  ['replay', { group: '', forced: true }],
  ['resend', { instance: 'meta', site: 'default', event: 'purchase', event_id: 'a b' }],
  ['token', { instance: 'meta', site: 'default', token: 'x'.repeat(5000) }],
  ['break', { what: 'everything', platform: 'meta', on: true }],
])('%s with %j is refused by its shape', async (name, body) => {
  const shop = await aCollector()
  expect((await shop.session.post(name, body)).status).toBe(400)
})

test.each(['switch', 'probe', 'token', 'resend', 'replay', 'discard', 'mute', 'testAlert', 'break'])(
  '%s asks for a login',
  async (name) => {
    const shop = await aCollector()
    const answer = await fetch(`${shop.adminUrl}/admin/api/${name}`, {
      method: 'POST',
      headers: { 'x-pairpixel': '1' },
    })
    expect(answer.status).toBe(401)
  },
)

test('what is not there cannot be done, and says so', async () => {
  const shop = await aCollector()
  for (const [name, body] of [
    ['switch', { instance: 'none', site: 'default', enabled: true }],
    ['probe', { instance: 'none', site: 'default' }],
    ['break', { what: 'slow', platform: 'meta', on: true }],
    ['testAlert', {}],
    ['discard', { group: 'none', reason: 'x' }],
  ] as const)
    expect([name, (await shop.session.post(name, body)).status]).toEqual([name, 409])
})
