import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { aPurchase, postBackend, settingsTree, temporaryFolder, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'

const root = path.join(import.meta.dirname, '../..')
const platforms = usePlatforms()
let folder: ReturnType<typeof temporaryFolder>
let collector: Running | undefined
let config = ''
beforeEach(async () => {
  folder = temporaryFolder()
  config = path.join(folder.path, 'pairpixel.config.json')
  const tree = settingsTree(platforms.url, { store: `sqlite:${folder.path}/r.db` })
  writeFileSync(config, JSON.stringify(tree))
  collector = await run(checkTree(tree), { logLevel: 'silent' })
})
afterEach(async () => {
  await collector?.stop()
  for (const name of ['meta', 'reddit', 'snapchat'] as const) platforms.simulators[name].setMode({ mode: 'ok' })
  folder.remove()
})

const replay = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['server/start.mjs', 'replay', '--config', config, ...args],
    { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } },
  )
  return { status, said: stdout + stderr }
}
const deliveriesOf = async (id: string) =>
  Object.fromEntries(
    ((await collector!.collector.store.recent({ limit: 1, eventId: id }))[0]?.deliveries ?? []).map((one) => [
      one.instance,
      one.state,
    ]),
  )

test('a dead letter is shown, then tried again beside the running collector, and arrives', async () => {
  const { meta } = platforms.simulators
  meta.setMode({ mode: 'ok', poison: ['order-7'] })
  expect((await postBackend(collector!.url, aPurchase('order-7'))).status).toBe(202)
  await waitFor('its end', async () => {
    const states = Object.values(await deliveriesOf('order-7'))
    return states.length === 3 && !states.includes('pending')
  })
  expect(await deliveriesOf('order-7')).toEqual({ meta: 'dead', reddit: 'delivered', snapchat: 'delivered' })
  meta.setMode({ mode: 'ok', poison: [] })

  const preview = replay('--dry-run')
  expect(preview.said).toContain('meta  purchase order-7  dead rejected_by_platform: would be tried again')
  expect(preview.said).toContain('1 would be tried again\n')
  expect(preview.status).toBe(0)
  expect(await deliveriesOf('order-7')).toMatchObject({ meta: 'dead' })
  expect(replay('--destination', 'reddit').said).toBe('0 are tried again\n')

  expect(replay('--event', 'order-7', '--reason', 'rejected_by_platform')).toMatchObject({ status: 0 })
  await waitFor('the delivery', async () => (await deliveriesOf('order-7')).meta === 'delivered')
  expect(meta.state().accepted.map(({ id }) => id)).toContain('order-7')
  expect(replay().said).toBe('0 are tried again\n')
})

test('what is past its time is refused unless forced; nobody has to run', async () => {
  const old = new Date(Date.now() - 3 * 86_400_000).toISOString()
  await postBackend(collector!.url, aPurchase('old-1', { event_time: old }))
  await waitFor('its end', async () => (await deliveriesOf('old-1')).meta === 'expired')
  const before = platforms.simulators.meta.state().accepted.length
  expect(replay('--destination', 'meta').said).toMatch(
    /old-1 {2}expired window_passed: Its time to be sent had passed\.\n0 are tried again\n1 not: .*\n--force tries/,
  )
  await collector?.stop()
  collector = undefined
  expect(replay('--destination', 'meta', '--force').said).toContain('1 are tried again\n')
  collector = await run(checkTree(settingsTree(platforms.url, { store: `sqlite:${folder.path}/r.db` })), {
    logLevel: 'silent',
  })
  await waitFor('the delivery', async () => (await deliveriesOf('old-1')).meta === 'delivered')
  expect(platforms.simulators.meta.state().accepted).toHaveLength(before + 1)
})

test.each<[string, string[], RegExp]>([
  ['a destination nobody has', ['--destination', 'x'], /USAGE: there is no destination x/],
  ['a reason nobody knows', ['--reason', 'x'], /USAGE: there is no reason x/],
  ['a state that does not end', ['--state', 'pending'], /USAGE: --state takes dead, expired, suppressed/],
  ['a time nobody can read', ['--since', 'tuesday'], /USAGE: --since is no time/],
])('%s is a wrong call', (_what, args, words) => {
  const { status, said } = replay(...args)
  expect(said).toMatch(words)
  expect(status).toBe(64)
})

test('with several sites a destination goes by its own name where that says which', async () => {
  await collector?.stop()
  collector = undefined
  const { destinations, url: _url, server_keys: _keys, hold: _hold, ...server } = settingsTree(platforms.url)
  const { meta, reddit } = destinations as Record<string, Record<string, unknown>>
  const sites = { shop: { destinations: { meta, reddit } }, blog: { destinations: { meta } } }
  writeFileSync(config, JSON.stringify({ ...server, store: `sqlite:${folder.path}/r.db`, sites }))
  expect(replay('--destination', 'reddit')).toEqual({ status: 0, said: '0 are tried again\n' })
  expect(replay('--destination', 'blog/meta').status).toBe(0)
  expect(replay('--destination', 'meta')).toEqual({
    status: 64,
    said: 'USAGE: --destination meta may be shop/meta or blog/meta\n',
  })
  expect(replay('--destination', 'snapchat').said).toContain('there is no destination snapchat')
})

test.each(['5', '21/11/2026', 'yesterday'])('--since %s is no time', (text) => {
  expect(replay('--since', text)).toMatchObject({ status: 64 })
})
