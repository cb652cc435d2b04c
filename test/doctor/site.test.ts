import { describe, expect, test } from 'vitest'
import { snippet, stub } from '../../client/snippet.ts'
import { checkTitles } from '../../server/doctor/check.ts'
import { hashOf } from '../../server/doctor/csp.ts'
import { reportLines } from '../../server/doctor/examine.ts'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { diagnose } from '../../server/cli/doctor.ts'
import { minuteMs } from '../../shared/limits.ts'
import { startPlatforms, stopServer } from '../integration/harness.ts'
import { fakeNames, find, makeCertificate, openSite, statuses, usualNames } from './stage.ts'

const certificate = makeCertificate()

describe('a site that is well', () => {
  test('has nothing to see to, and nothing is kept of the look', async () => {
    const site = await openSite({ certificate })
    const report = await site.diagnose()
    expect(statuses(report)).toEqual({
      page: 'ok',
      tag: 'ok',
      dns: 'ok',
      cookie_reach: 'ok',
      script: 'ok',
      cache: 'ok',
      block_rules: 'ok',
      collect: 'ok',
      cookies: 'ok',
      csp: 'ok',
      proxy: 'ok',
      ipv6: 'ok',
      clock: 'ok',
      tokens: 'skip',
      versions: 'skip',
      test_mode: 'skip',
    })
    expect([report.v, report.exit, report.url]).toEqual([1, 0, `https://www.shop.example:${site.port}/`])
    expect(Object.keys(statuses(report))).toEqual(Object.keys(checkTitles))
    expect(await site.running.collector.store.counts()).toMatchObject({ events: 0, copies: 0 })
    const lines = reportLines(report)
    expect(lines.at(-1)).toBe('13 ok, 0 to look at, 0 failed, 3 not looked at.')
    expect(lines.filter((line) => line.startsWith('ok  '))).toHaveLength(13)
  })

  test('every warning and failure has one cause and one fix', async () => {
    const site = await openSite({
      certificate,
      html: () => '<p>nothing</p>',
      pageHeaders: { 'content-security-policy': "default-src 'none'" },
      settings: { trust_proxy: [] },
    })
    const { checks } = await site.diagnose({ now: () => Date.now() + 10 * minuteMs })
    const bad = checks.filter(({ status }) => status === 'warn' || status === 'fail')
    expect(bad.map(({ id }) => id)).toEqual(['tag', 'csp', 'proxy', 'clock'])
    for (const { id, cause, fix = '' } of bad) {
      expect([id, /^.{10,}\.$/.test(cause)]).toEqual([id, true])
      expect([id, fix.length > 10]).toEqual([id, true])
    }
  })
})

describe('a page', () => {
  test('that cannot be had leaves nothing to look at', async () => {
    const closed = await diagnose(new URL('http://127.0.0.1:9/'), {}, { names: usualNames })
    expect([closed.exit, closed.checks.map(({ id, status }) => [id, status])]).toEqual([2, [['page', 'fail']]])
    const untrusted = await openSite({ certificate })
    const report = await diagnose(new URL(`https://127.0.0.1:${untrusted.port}/`), {}, { names: usualNames })
    expect([report.exit, report.checks[0]?.cause]).toEqual([2, expect.stringContaining('certificate')])
  })

  test('without the tag is told so, and its script is found where it usually is', async () => {
    const site = await openSite({ certificate, html: () => '<!-- <script data-pairpixel src="/x.js"></script> -->' })
    const report = await site.diagnose()
    expect([find(report, 'tag').status, find(report, 'script').status, find(report, 'collect').status]).toEqual([
      'warn',
      'ok',
      'ok',
    ])
    const named = await site.diagnose({ script: '/elsewhere/p.js' })
    expect(find(named, 'script')).toMatchObject({
      status: 'fail',
      cause: expect.stringContaining('no script') as string,
    })
    expect(named.exit).toBe(1)
  })

  test('with the tag alone is told of the line before it', async () => {
    const site = await openSite({ certificate, html: () => '<script async src=/_p/p.js data-pairpixel></script>' })
    expect(find(await site.diagnose(), 'tag')).toMatchObject({ status: 'warn' })
  })
})

describe('the policy of a page', () => {
  const look = async (policy: string, html?: () => string, meta = false) => {
    const made = html ?? (() => snippet('/_p/p.js'))
    const site = await openSite({
      certificate,
      ...(meta
        ? { html: () => `<meta http-equiv="Content-Security-Policy" content="${policy}">${made()}` }
        : { html: made, pageHeaders: { 'content-security-policy': policy } }),
    })
    const { status, fix } = find(await site.diagnose(), 'csp')
    return [status, fix]
  }
  const hash = `'${hashOf(stub)}'`

  test.each([
    ['that allows both', `script-src 'self' ${hash}; connect-src 'self'`, 'ok', undefined],
    ['without the posts', `default-src 'none'; script-src 'self' ${hash}`, 'fail', "connect-src 'self'"],
    ['without the script', `script-src 'none'; connect-src 'self'`, 'fail', `script-src 'self'; script-src ${hash}`],
    [
      'of everything',
      `default-src 'self' https://cdn.example`,
      'warn',
      `script-src 'self' https://cdn.example ${hash}`,
    ],
    [
      'of elements',
      `script-src-elem https://cdn.example ${hash}`,
      'fail',
      `script-src-elem https://cdn.example ${hash} 'self'`,
    ],
    ['with unsafe-inline', `script-src 'self' 'unsafe-inline'`, 'ok', undefined],
  ])('%s', async (_, policy, status, lines) => {
    expect(await look(policy)).toEqual([status, lines === undefined ? undefined : `Let the policy say: ${lines}`])
  })

  test('is read from the HTML too', async () => {
    expect((await look(`connect-src https://api.example`, undefined, true))[0]).toBe('fail')
  })

  test('with a nonce on both lines', async () => {
    const html = () => snippet('/_p/p.js').replaceAll('<script', '<script nonce="abc"')
    expect((await look(`script-src 'nonce-abc' 'strict-dynamic'; connect-src 'self'`, html))[0]).toBe('ok')
    expect((await look(`script-src 'nonce-abc' 'strict-dynamic'; connect-src 'self'`))[0]).toBe('fail')
  })
})

describe('the collector behind its proxy', () => {
  test('that does not believe the proxy knows no visitor', async () => {
    const site = await openSite({ certificate, settings: { trust_proxy: [] } })
    expect(find(await site.diagnose(), 'proxy')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('trust_proxy') as string,
    })
  })

  test('that says nothing of visitors', async () => {
    const site = await openSite({ certificate, forwards: false })
    expect(find(await site.diagnose(), 'proxy')).toMatchObject({
      status: 'fail',
      cause: expect.stringContaining('private address') as string,
    })
    // Seen from the same network, the private address may be ours.
    const names = fakeNames({ 'www.shop.example': { v4: ['10.0.0.4'] } })
    expect(find(await site.diagnose({ names }), 'proxy').status).toBe('skip')
  })

  test.each([
    ['no-store', 'no-store', 'warn'],
    ['a year', 'public, max-age=31536000', 'warn'],
    ['an hour', 'public, max-age=3600', 'ok'],
  ])('Cache-Control of the script: %s', async (_, header, status) => {
    const site = await openSite({
      certificate,
      onAnswer: (headers, url) => {
        if (url.endsWith('.js')) headers['cache-control'] = header
      },
    })
    expect(find(await site.diagnose(), 'cache').status).toBe(status)
  })

  test.each([
    ['strips cookies', [], 'warn', 'sets no cookie'],
    ['shortens them', ['_pps=x; Path=/; Max-Age=604800; SameSite=Lax; Secure; HttpOnly'], 'warn', 'lives 7 days of 90'],
    [
      'opens them',
      ['_pps=x; Path=/; Max-Age=7776000; SameSite=None'],
      'warn',
      'can be read by scripts (no HttpOnly), is not Secure, has SameSite=None',
    ],
  ])('a proxy that %s', async (_, cookies, status, words) => {
    const site = await openSite({
      certificate,
      onAnswer: (headers, url) => {
        if (url.endsWith('/e')) headers['set-cookie'] = cookies
      },
    })
    expect(find(await site.diagnose(), 'cookies')).toMatchObject({
      status,
      cause: expect.stringContaining(words) as string,
    })
  })

  test('for a site that asks first sets no cookie, and that is right', async () => {
    const site = await openSite({ certificate, settings: { consent: 'wait' } })
    const settings = { consent: 'wait' }
    expect(find(await site.diagnose({ settings }), 'cookies').status).toBe('skip')
  })

  test('that does not know the page’s origin says so', async () => {
    const site = await openSite({ certificate, settings: { url: 'https://another.example' } })
    const report = await site.diagnose()
    expect(find(report, 'collect')).toMatchObject({
      status: 'fail',
      fix: `Add https://www.shop.example:${site.port} to the site’s origins.`,
    })
    expect([find(report, 'cookies').status, report.exit]).toEqual(['skip', 1])
  })

  test('with several sites wants the key', async () => {
    const sites = { shop: { url: 'https://www.shop.example' }, blog: { url: 'https://blog.example' } }
    const settings = { sites, url: undefined, server_keys: undefined, hold: undefined }
    const site = await openSite({ certificate, settings })
    const report = await site.diagnose()
    expect([find(report, 'script').status, find(report, 'collect').fix]).toEqual([
      'fail',
      'Add ?site=KEY to the script’s address.',
    ])
  })

  test('that is on a host of another network, or of another site', async () => {
    const html = (host: string) => (port: number) => snippet(`https://${host}:${port}/_p/p.js`)
    const beside = await openSite({ certificate, html: html('data.shop.example') })
    const report = await beside.diagnose()
    expect(find(report, 'cookie_reach')).toMatchObject({ status: 'ok' })
    const names = fakeNames({
      'www.shop.example': { v4: ['203.0.113.10'] },
      'data.shop.example': { v4: ['198.51.100.9'] },
    })
    expect(find(await beside.diagnose({ names }), 'cookie_reach')).toMatchObject({
      status: 'warn',
      cause: expect.stringContaining('198.51.100.9, the page from 203.0.113.10') as string,
    })
    expect(find(await beside.diagnose({ names }), 'ipv6').status).toBe('warn')
    const foreign = await openSite({ certificate, html: html('collect.other.example') })
    expect(statuses(await foreign.diagnose())).toMatchObject({
      cookie_reach: 'fail',
      cookies: 'skip',
      block_rules: 'warn',
    })
  })

  test('under a path that blockers know', async () => {
    const site = await openSite({ certificate, folder: '/pixel-track' })
    const { status, cause, fix } = find(await site.diagnose(), 'block_rules')
    expect([status, cause]).toEqual([
      'warn',
      'Block lists know the path: “pixel” (a pixel), “track” (a tracking path).',
    ])
    expect(fix).toMatch(/^Use a path that says nothing, such as https:\/\/www\.shop\.example:\d+\/\w+\/p\.js/)
  })
})

test.each([
  ['as it should be', 0, 'ok'],
  ['a little off', 40_000, 'warn'],
  ['far off', 6 * minuteMs, 'fail'],
  ['far off the other way', -6 * minuteMs, 'fail'],
])('the clock: %s', async (_, offset, status) => {
  const site = await openSite({ certificate })
  expect(find(await site.diagnose({ now: () => Date.now() + offset }), 'clock').status).toBe(status)
})

test('tokens, versions and test modes of the settings', async () => {
  const platforms = await startPlatforms()
  try {
    const site = await openSite({ certificate })
    const [meta, snapchat] = [demoAccounts.meta, demoAccounts.snapchat]
    const settings = {
      destinations: {
        meta: { pixel_id: meta.pixelId, access_token: meta.token, endpoint: platforms.url, api_version: 'v20.0' },
        'meta-eu': {
          platform: 'meta',
          pixel_id: '200000000000002',
          access_token: `EAA${'other'.repeat(40)}`,
          endpoint: platforms.url,
          test_event_code: 'TEST1',
        },
        snapchat: { pixel_id: snapchat.pixelId, access_token: snapchat.token, endpoint: platforms.url },
        reddit: { pixel_id: 'a2_off', access_token: 'off-off-off-off', endpoint: platforms.url, enabled: false },
      },
    }
    const { checks, exit } = await site.diagnose({ settings })
    const of = (id: string) =>
      checks.filter((check) => check.id === id).map(({ status, cause }) => `${status} ${cause.split(':')[0]!}`)
    expect([of('tokens'), of('versions'), of('test_mode'), exit]).toEqual([
      ['warn meta', 'fail meta-eu', 'ok snapchat'],
      ['fail meta'],
      ['warn meta-eu'],
      1,
    ])
    expect(JSON.stringify(checks)).not.toContain(meta.token)
  } finally {
    await stopServer(platforms.server)
  }
})
