import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PairpixelError } from '../../shared/errors.ts'
import { checkTree, isEmpty, loadTree } from '../../server/settings/settings.ts'

const faultsOf = (tree: Record<string, unknown>): string => {
  try {
    checkTree(tree)
    return ''
  } catch (error) {
    if (error instanceof PairpixelError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
}
const destination = { pixel_id: '1', access_token: 't' }

describe('what is taken', () => {
  test('nothing at all: defaults, and a dry run for the three platforms', () => {
    const settings = checkTree({})
    expect(settings).toMatchObject({
      listen: { host: '0.0.0.0', port: 8787 },
      admin: { host: '127.0.0.1', port: 8788 },
      store: 'sqlite:./data/pairpixel.db',
    })
    expect(settings.sites[0]?.instances.map(({ name, dry_run: dry }) => [name, dry])).toEqual([
      ['meta', true],
      ['reddit', true],
      ['snapchat', true],
    ])
  })
  test('one site at the top, several instances of a platform', () => {
    const settings = checkTree({
      url: 'https://shop.example/',
      default_currency: 'eur',
      hold: { default: '3s', Purchase: '10m' },
      destinations: { meta: destination, 'meta-eu': { ...destination, platform: 'meta', pixel_id: '2' } },
    })
    const [site] = settings.sites
    expect(site).toMatchObject({
      key: 'default',
      origins: ['https://shop.example'],
      holdMs: { default: 3000, purchase: 600_000 },
    })
    expect(site?.instances.map(({ name, platform, default_currency: currency }) => [name, platform, currency])).toEqual(
      [
        ['meta', 'meta', 'EUR'],
        ['meta-eu', 'meta', 'EUR'],
      ],
    )
  })
  test('several sites: instances carry their site’s name', () =>
    expect(
      checkTree({ sites: { a: { destinations: { meta: destination } }, b: {} } }).sites.map(
        ({ instances }) => instances[0]?.name,
      ),
    ).toEqual(['a/meta', 'b/meta']))
})

describe('every fault at once, each with its place', () => {
  test('a whole file of faults', () => {
    const message = faultsOf({
      listen: 'everywhere',
      admin: { listen: '0.0.0.0:9000' },
      trust_proxy: true,
      colour: 'blue',
      origins: ['https://a.example/path'],
      server_keys: ['short'],
      destinations: {
        meta: { pixel_id: '1', access_token: 'cut short ' + 'x y' },
        other: destination,
        'meta-2': { ...destination, platform: 'meta' },
        reddit: { pixel_id: 'a2_x', endpoint: 'http://api.example' },
      },
    })
    for (const part of [
      'listen is no address',
      'admin.listen must be an address of this machine',
      'trust_proxy',
      'colour is no setting',
      'origins.0 is no origin',
      'server_keys.0 is shorter',
      'destinations.meta.access_token has white space',
      'destinations.other says no platform',
      'destinations.meta-2 and meta have one pixel ID',
      'destinations.reddit.access_token',
      'destinations.reddit.endpoint must be https',
    ])
      expect(message).toContain(part)
  })
  test.each([
    [
      'an ID that YAML reads as a number',
      { destinations: { meta: { ...destination, pixel_id: 123456789012345 } } },
      'destinations.meta.pixel_id is a number: put it in quotes',
    ],
    ['an invented currency is no default', { default_currency: 'dollars' }, 'default_currency is no currency code'],
    ['a hold of a day', { hold: { default: '24h' } }, 'hold.default is longer than an hour'],
    [
      'a source that the platform has no word for',
      { destinations: { reddit: { ...destination, action_source: 'offline' } } },
      'destinations.reddit.action_source is none of website, WEBSITE',
    ],
    ['an unknown store', { store: 'postgres://x' }, 'store is neither sqlite:PATH nor memory:'],
    ['a consent mode that is not built', { consent: 'tcf' }, 'only "none"'],
    ['both listeners on one address', { listen: '127.0.0.1:9', admin: { listen: '127.0.0.1:9' } }, 'the same address'],
    [
      'one server key for two sites',
      { sites: { a: { server_keys: ['k'.repeat(16)] }, b: { server_keys: ['k'.repeat(16)] } } },
      'a key of site a stands here again',
    ],
  ])('%s', (_, tree, fault) => expect(faultsOf(tree)).toContain(fault))
  test('no token is in the message', () =>
    expect(faultsOf({ destinations: { meta: { pixel_id: '', access_token: 'secret token' } } })).not.toContain(
      'secret',
    ))
})

const token = `EAA${'x'.repeat(20)}`
/** Files whose parser would repeat the token. */
const quoting = {
  'bare.json': `{"access_token": ${token}}`,
  'bare.yaml': `a: *${token}`,
  'bare.mjs': `export default { access_token: ${token} }`,
  'bare.ts': `export default { access_token: a ${token} }`,
}

describe('file and environment', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-settings-'))
    writeFileSync(path.join(folder, 'token'), ' EAAx\n')
    writeFileSync(
      path.join(folder, 'site.yaml'),
      'url: https://shop.example\ndestinations:\n  meta: { pixel_id: "1", access_token: from-file }\n',
    )
    writeFileSync(path.join(folder, 'site.mjs'), 'export default { url: "https://mjs.example" }')
    writeFileSync(path.join(folder, 'sites.json'), '{"sites":{"a":{}}}')
    writeFileSync(path.join(folder, 'broken.json'), '{')
    for (const [name, text] of Object.entries(quoting)) writeFileSync(path.join(folder, name), text)
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const load = (env: Record<string, string>, file?: string) =>
    loadTree({ env, folder, file: file && path.join(folder, file) })

  test('nothing set is empty: the demo’s cue', async () =>
    expect(isEmpty(await load({ PATH: '/bin', META_PIXEL_ID: '' }))).toBe(true))
  test('variables alone make one site', async () =>
    expect(
      await load({
        META_PIXEL_ID: '123',
        META_ACCESS_TOKEN_FILE: path.join(folder, 'token'),
        PAIRPIXEL_ORIGINS: 'https://a.example, https://b.example',
        PAIRPIXEL_TRUST_PROXY: '1',
      }),
    ).toEqual({
      destinations: { meta: { pixel_id: '123', access_token: 'EAAx' } },
      origins: ['https://a.example', 'https://b.example'],
      trust_proxy: 1,
    }))
  test('variables go over the file', async () =>
    expect(await load({ META_ACCESS_TOKEN: 'from-env' }, 'site.yaml')).toEqual({
      url: 'https://shop.example',
      destinations: { meta: { pixel_id: '1', access_token: 'from-env' } },
    }))
  test('code may hold the settings', async () =>
    expect(await load({}, 'site.mjs')).toEqual({ url: 'https://mjs.example' }))
  test.each([
    ['a misspelt variable', { PAIRPIXEL_ORIGIN: 'x' }, undefined, 'PAIRPIXEL_ORIGIN is no setting'],
    [
      'a file that is not there',
      { META_ACCESS_TOKEN_FILE: '/nowhere' },
      undefined,
      'META_ACCESS_TOKEN_FILE names a file that cannot be read',
    ],
    ['a value twice', { META_ACCESS_TOKEN: 'x', META_ACCESS_TOKEN_FILE: '/nowhere' }, undefined, 'both set'],
    ['variables for one of several sites', { META_PIXEL_ID: '1' }, 'sites.json', 'several sites'],
    ['a broken file', {}, 'broken.json', 'cannot be read'],
    [
      'faults of both at once: a variable',
      { PAIRPIXEL_ORIGIN: 'x', PAIRPIXEL_LISTEN: 'y' },
      undefined,
      'listen is no address',
    ],
  ])('%s', async (_, env, file, fault) => expect(load(env as Record<string, string>, file)).rejects.toThrow(fault))

  test.each(Object.keys(quoting))('%s: a broken file’s token is not repeated', async (name) => {
    const error = await load({}, name).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).not.toContain(token.slice(0, 8))
  })
  test('nor is one that stands where its file should be named', async () => {
    const error = await load({ META_ACCESS_TOKEN_FILE: token }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).not.toContain(token)
  })
})
