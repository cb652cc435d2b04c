import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PairpixelError } from '../../shared/errors.ts'
import { destinationNames } from '../../server/destinations/index.ts'
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
  test('nothing at all: defaults, and a dry run for every platform', () => {
    const settings = checkTree({})
    expect(settings).toMatchObject({
      listen: { host: '0.0.0.0', port: 8787 },
      admin: { host: '127.0.0.1', port: 8788 },
      store: 'sqlite:./data/pairpixel.db',
    })
    expect(settings.sites[0]?.instances.map(({ name, dry_run: dry }) => [name, dry])).toEqual(
      destinationNames.map((name) => [name, true]),
    )
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
  test.each<[unknown, readonly string[] | undefined]>([
    [true, ['purchase']],
    [false, []],
    [
      ['Purchase', 'ORDER_COMPLETED', 'Lead', 'Booked a tour'],
      ['purchase', 'generate_lead', 'Booked a tour'],
    ],
    [undefined, undefined],
  ])('require_server_copy: %j', (given, events) => {
    const tree = { destinations: { meta: { ...destination, require_server_copy: given } } }
    expect(checkTree(tree).sites[0]?.instances[0]?.require_server_copy).toEqual(events)
  })
  test.each([
    ['assume_granted', 'gcm', undefined],
    [undefined, 'gcm', undefined],
    ['follow_browser', 'none', undefined],
    ['follow_browser', 'gcm', 'follow_browser'],
  ])('server_consent: %s, where the site’s consent is %s', (given, consent, expected) => {
    const tree = { consent, server_consent: given, destinations: { meta: destination } }
    expect(checkTree(tree).sites[0]?.instances[0]?.server_consent).toBe(expected)
  })
  test('several sites: instances carry their site’s name', () =>
    expect(
      checkTree({ sites: { a: { destinations: { meta: destination } }, b: {} } }).sites.map(
        ({ instances }) => instances[0]?.name,
      ),
    ).toEqual(['a/meta', 'b/meta']))
})

test('a destination without a token is taken: its first one may be typed on the dashboard', () => {
  const [site] = checkTree({ destinations: { meta: { pixel_id: '1' } } }).sites
  expect(site?.instances).toMatchObject([{ name: 'meta', pixel_id: '1', access_token: '', enabled: true }])
  expect(site?.instances[0]).not.toHaveProperty('dry_run')
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
    [
      'a cookie that is nobody’s to keep',
      { pixel: { cookies: ['_ttp', 'session'] } },
      'pixel.cookies.1 is none of _ttp',
    ],
    ['a hold of a day', { hold: { default: '24h' } }, 'hold.default is longer than an hour'],
    [
      'a source that the platform has no word for',
      { destinations: { reddit: { ...destination, action_source: 'offline' } } },
      'destinations.reddit.action_source is none of website, WEBSITE',
    ],
    [
      'a lost answer that neither waits nor goes',
      { destinations: { meta: { ...destination, on_ambiguous: 'drop' } } },
      'destinations.meta.on_ambiguous is neither resend nor hold',
    ],
    [
      'a required copy that is no event',
      { destinations: { meta: { ...destination, require_server_copy: 'purchase' } } },
      'destinations.meta.require_server_copy is none of true, false and a list of events',
    ],
    ['a silence nobody knows', { server_consent: 'denied' }, 'server_consent is neither assume_granted nor'],
    ['an unknown store', { store: 'postgres://x' }, 'store is neither sqlite:PATH, redis://HOST nor memory:'],
    ['a Redis of several hosts that is no cluster', { store: 'redis://a,b' }, 'store several hosts are one cluster'],
    ['a durability that is none', { store_durability: 'high' }, 'store_durability is none of memory, everysec'],
    ['an unknown consent mode', { consent: 'cmp' }, 'consent is none of none, wait, tcf, gcm, auto'],
    ['a fallback that is no answer', { consent_fallback: 'unknown' }, 'consent_fallback is neither denied nor granted'],
    ['parameters in one text', { pixel: { redact: 'a,b' } }, 'pixel.redact is none of true, false and a list'],
    ['a parameter with its value', { pixel: { redact: ['a=b'] } }, 'pixel.redact'],
    ['a GPP that is no switch', { pixel: { gpp: 'yes' } }, 'pixel.gpp'],
    [
      'one pixel ID twice, in other capitals',
      {
        destinations: {
          snapchat: { ...destination, pixel_id: 'ab-1' },
          second: { ...destination, platform: 'snapchat', pixel_id: ' AB-1' },
        },
      },
      'destinations.second and snapchat have one pixel ID',
    ],
    ['no site at all', { sites: {} }, 'sites has no site in it'],
    ['events where the back end posts', { paths: { events: '/v1/events/' } }, 'paths.events is an address of the'],
    ['the script where health is asked for', { paths: { script: '/Healthz' } }, 'paths.script is an address of the'],
    [
      'one address for both',
      { paths: { script: '/x', events: '/x' } },
      'paths.script and paths.events are one address',
    ],
    ['a path that a browser changes', { paths: { events: '/a/../e' } }, 'paths.events is a path that no browser'],
    ['a path that names a host', { paths: { script: '//p.js' } }, 'paths.script is a path that no browser'],
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

describe('mapping by hand', () => {
  const rulesOf = (settings: object) =>
    checkTree({ destinations: { meta: { ...destination, ...settings } } }).sites[0]!.instances[0]!.rules
  test('one list: the filter, then conditions, then renames, names canonical', () =>
    expect(
      rulesOf({
        rename: { SignUp: 'Lead' },
        map: [
          { when: [{ field: 'event', in: ['Lead', 'my event'] }], set: { value: { value: 5 }, currency: 'props.c' } },
        ],
        events: ['Purchase', 'quiz'],
      }),
    ).toEqual([
      { when: [{ field: 'event', not_in: ['purchase', 'quiz'] }], skip: true },
      {
        when: [{ field: 'event', in: ['generate_lead', 'my event'] }],
        set: { value: { value: 5 }, currency: { from: 'props.c' } },
      },
      { when: [{ field: 'event', in: ['sign_up'] }], name: 'Lead' },
    ]))
  test('none: no rules at all', () => expect(rulesOf({})).toBeUndefined())

  test.each<[string, string, object, string]>([
    ['nothing may go', 'meta', { events: [] }, 'events is an empty list'],
    [
      'a name that Snapchat does not take',
      'snapchat',
      { rename: { quiz: 'Quiz' } },
      'rename.quiz is Quiz, which is no event name at snapchat',
    ],
    ['nor in a rule', 'snapchat', { map: [{ name: 'CUSTOM_EVENT_6' }] }, 'map.0.name is CUSTOM_EVENT_6'],
    [
      'a field of one’s own at Reddit',
      'reddit',
      { map: [{ set: { 'custom.a': 'props.a' } }] },
      'reddit has no place for fields',
    ],
    ['a rule that does nothing', 'meta', { map: [{ when: [] }] }, 'map.0 does nothing'],
    ['a rule of two minds', 'meta', { map: [{ name: 'Lead', skip: true }] }, 'map.0 has a name and skip'],
    [
      'a condition that says nothing',
      'meta',
      { map: [{ when: [{ field: 'value' }], skip: true }] },
      'says nothing about the field',
    ],
    [
      'a range upside down',
      'meta',
      { map: [{ when: [{ field: 'value', min: 2, max: 1 }], skip: true }] },
      'has a min above its max',
    ],
    [
      'a condition on a match key',
      'meta',
      { map: [{ when: [{ field: 'user.email', is: 'a' }], skip: true }] },
      'field is none of event',
    ],
    ['a match key as a source', 'meta', { map: [{ set: { 'custom.mail': 'user.email' } }] }, 'map.0.set.custom.mail'],
    ['an address as a source', 'meta', { map: [{ set: { 'custom.ip': 'context.ip' } }] }, 'map.0.set.custom.ip'],
    ['a target that is none', 'meta', { map: [{ set: { user: 'props.a' } }] }, 'map.0.set'],
    ['a hook in a file that is no code', 'meta', { before: 'drop' }, 'before'],
  ])('%s', (_, platform, settings, fault) =>
    expect(faultsOf({ destinations: { [platform]: { ...destination, ...settings } } })).toContain(fault),
  )
})

describe('the version of an API', () => {
  const versionOf = (api_version: unknown) =>
    checkTree({ destinations: { meta: { ...destination, api_version } } }).sites[0]!.instances[0]!.api_version
  test.each([
    ['v26.0', 'v26.0'],
    [' V26.0 ', 'v26.0'],
    ['26.0', 'v26.0'],
  ])('%s is %s', (given, version) => expect(versionOf(given)).toBe(version))
  test.each(['latest', 'v', 'v26.0.1', ''])('"%s" is none', (given) =>
    expect(() => versionOf(given)).toThrow('is no version'),
  )
  test('a number of YAML is told to be quoted', () => expect(() => versionOf(26)).toThrow('put it in quotes'))
})

describe('the end of a test', () => {
  const untilOf = (test_until: unknown) =>
    checkTree({ destinations: { meta: { ...destination, test_until } } }).sites[0]!.instances[0]!.test_until
  test.each([
    ['a day ends with itself', '2026-12-01', '2026-12-02T00:00:00Z'],
    ['a time is that time', '2026-12-01T12:00:00+01:00', '2026-12-01T11:00:00Z'],
    ['YAML makes dates of days', new Date('2026-12-01'), '2026-12-02T00:00:00Z'],
  ])('%s', (_, text, at) => expect(untilOf(text)).toBe(Date.parse(at)))
  test.each(['tomorrow', '2026-02-30', 5])('%s is no date', (text) =>
    expect(faultsOf({ destinations: { meta: { ...destination, test_until: text } } })).toContain('test_until'),
  )
})

describe('calling codes', () => {
  const siteWith = (...codes: unknown[]) =>
    checkTree({
      destinations: Object.fromEntries(
        codes.map((default_calling_code, at) => [
          `m${at}`,
          { ...destination, platform: 'meta', pixel_id: String(at), default_calling_code },
        ]),
      ),
    }).sites[0]!
  test('digits alone are kept, each once for the site', () => {
    expect(siteWith('+44', 44, '0049', undefined).callingCodes).toEqual(['44', '49'])
    expect(siteWith(undefined).callingCodes).toBeUndefined()
  })
  test.each(['', 'UK', '12345', 0])('%s is none', (code) =>
    expect(() => siteWith(code)).toThrow('is no country calling code'),
  )
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
  test.each([
    ['1', true],
    ['TRUE', true],
    [' yes', true],
    ['on', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['off', false],
  ])('a test mode of %j is %j', async (text, mode) =>
    expect(await load({ REDDIT_TEST_MODE: text })).toEqual({ destinations: { reddit: { test_mode: mode } } }),
  )
  test('a test mode that is neither yes nor no is refused, for without it events count as real', async () =>
    expect(faultsOf(await load({ REDDIT_TEST_MODE: 'enabled', REDDIT_PIXEL_ID: 'a2_x' }))).toContain(
      'destinations.reddit.test_mode is wrong',
    ))
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
