import { describe, expect, test } from 'vitest'
import type { InstanceSettings } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import { noticesFor } from '../../server/destinations/notices.ts'
import { brief, find, type Platform, type Row } from './findings.ts'
import { accounts } from './send.ts'
import { instance } from './vectors.ts'

const names = Object.keys(accounts) as Platform[]
const v2 = { api_version: 'v2.0' }
const end = { test_until: 1 }

describe('settings of other platforms', () => {
  test.each<[Platform, ...Row]>([
    ['meta', 'Snapchat’s test mode', { test_mode: true }, ['odd test_mode test']],
    ['meta', 'test mode switched off', { test_mode: false }, []],
    ['meta', 'Reddit’s test ID', { test_id: 't2_test' }, ['odd test_id test']],
    ['meta', 'Reddit’s e-mail rule', { email_rule: 'dots' }, ['odd email_rule unhealthy']],
    ['meta', 'Reddit’s address in clear', { hash_ip: false }, ['odd hash_ip unhealthy']],
    ['meta', 'a person at Reddit', { reddit_user: 'shop' }, ['odd reddit_user unhealthy']],
    ['meta', 'a partner, or none', { partner: '' }, []],
    ['reddit', 'test mode under v3', { test_mode: true }, ['wrong test_mode test']],
    ['reddit', 'test mode that is off', { test_mode: false }, []],
    ['reddit', 'a test ID under v2.0', { ...v2, test_id: 't-1' }, ['wrong test_id test']],
    ['reddit', 'a test code', { test_event_code: 'TEST1' }, ['wrong test_event_code test']],
    ['reddit', 'a test code under v2.0', { ...v2, test_event_code: 'T' }, ['wrong test_event_code test']],
    ['reddit', 'its own', { email_rule: 'dots', hash_ip: false, partner: 'SHOP', reddit_user: 'u/shop_ads' }, []],
    ['snapchat', 'no test', { test_mode: false }, []],
    ['snapchat', 'Reddit’s test', { test_id: 'x' }, ['odd test_id test']],
    ['snapchat', 'Reddit’s e-mail rule', { email_rule: 'dots' }, ['odd email_rule unhealthy']],
    ['snapchat', 'Reddit’s address', { hash_ip: false }, ['odd hash_ip unhealthy']],
    ['snapchat', 'Reddit’s user', { reddit_user: 'someone' }, ['odd reddit_user unhealthy']],
    ['snapchat', 'Meta’s partner', { partner: 'x' }, ['odd partner unhealthy']],
    ['snapchat', 'several at once', { test_id: 'x', partner: 'x' }, ['odd test_id test', 'odd partner unhealthy']],
  ])('%s: %s', (name, _what, change, found) => {
    expect(brief(name, change)).toEqual(found)
  })

  test.each<[Platform, Partial<InstanceSettings>, keyof InstanceSettings]>([
    ['meta', { test_event_code: 'TEST1', test_id: 'x' }, 'test_id'],
    ['reddit', { test_id: 'x', test_mode: true }, 'test_mode'],
    ['snapchat', { test_mode: true, test_id: 'x' }, 'test_id'],
  ])('%s: what is left beside a test that happens is no lost test', (name, change, field) => {
    expect(brief(name, change)).toEqual([`odd ${field} test`])
    const marked = /no event is marked as a test/
    expect(find(name, change)[0]?.message).not.toMatch(marked)
    expect(find(name, { [field]: change[field] })[0]?.message).toMatch(marked)
  })

  test('whose it is, and what is used here, is said', () => {
    expect(find('reddit', { ...v2, test_id: 'x' })[0]).toMatchObject({
      message: 'This is a setting for Reddit’s v3; Reddit’s v2.0 does not use it, and no event is marked as a test.',
      fix: 'Take test_id out of this destination; for a test, set test_mode.',
    })
  })
})

describe('the end of a test', () => {
  test.each<[Platform, ...Row]>([
    ['meta', 'without a test', end, ['odd test_until test']],
    ['reddit', 'without a test', end, ['odd test_until test']],
    ['snapchat', 'without a test', end, ['odd test_until test']],
    ['snapchat', 'of a mode that is off', { ...end, test_mode: false }, ['odd test_until test']],
    ['reddit', 'of a lost test, of which is told', { ...end, test_mode: true }, ['wrong test_mode test']],
    ['meta', 'of a test', { ...end, test_event_code: 'TEST12345' }, []],
    ['reddit', 'of a test', { ...end, test_id: 't-1' }, []],
    ['reddit', 'of a test of v2.0', { ...end, ...v2, test_mode: true }, []],
    ['snapchat', 'of a test', { ...end, test_mode: true, test_event_code: 'T1' }, []],
  ])('%s: %s', (name, _what, change, found) => {
    expect(brief(name, change)).toEqual(found)
  })

  test.each<[Platform, Partial<InstanceSettings>]>([
    ['meta', { test_event_code: 'TEST1' }],
    ['reddit', { test_id: 't-1' }],
    ['reddit', { ...v2, test_mode: true }],
    ['snapchat', { test_mode: true }],
    ['snapchat', { test_event_code: 'T1' }],
  ])('%s: that a test has none (%j) is told once, as a notice', (name, change) => {
    expect(find(name, change)).toEqual([])
    const notices = noticesFor(instance(name, change), destinations[name], 0)
    expect(notices.filter(({ guide }) => guide === 'test').map(({ code, level }) => [code, level])).toEqual([
      ['test_without_end', 'warning'],
    ])
  })
})

describe('versions', () => {
  const toldOf = (name: Platform, api_version: string) => [
    ...find(name, { api_version }).map(({ field }) => field),
    ...noticesFor(instance(name, { api_version }), destinations[name], 0).map(({ code }) => code),
  ]
  test.each<[Platform, readonly string[]]>([
    ['meta', ['v3', 'v1', 'v19.0', 'v22.5', 'v27.0', 'latest']],
    ['reddit', ['v4', 'v2.1', 'v26.0', 'latest']],
    ['snapchat', ['v2', 'v4', 'v26.0', 'latest']],
  ])('%s: one that nobody knows is told once, as a notice: %j', (name, versions) => {
    for (const version of versions) expect(toldOf(name, version)).toEqual(['version_unknown'])
  })

  test.each<[Platform, string]>([
    ['meta', 'v26.0'],
    ['reddit', 'v3'],
    ['snapchat', 'v3'],
    ['snapchat', 'v3.0'],
  ])('%s: nothing is said of %s', (name, version) => {
    expect(toldOf(name, version)).toEqual([])
  })

  test('Meta: one that no notice tells of, and that is no address, is found', () => {
    expect(toldOf('meta', 'v26')).toEqual(['api_version'])
  })
})

describe.each(names)('%s', (name) => {
  test.each<Row>([
    ['a calling code', { default_calling_code: '44' }, []],
    ['one with its sign', { default_calling_code: '+44' }, ['wrong default_calling_code unhealthy']],
    ['one with zeros', { default_calling_code: '0044' }, ['wrong default_calling_code unhealthy']],
    ['a country in its place', { default_calling_code: 'GB' }, ['wrong default_calling_code unhealthy']],
    ['a dry run, whose account is made up', { dry_run: true, pixel_id: 'x', access_token: '', test_mode: true }, []],
  ])('%s', (_what, change, found) => {
    expect(brief(name, change)).toEqual(found)
  })

  test('every finding is a sentence with a fix and a page of the guide, and tells nothing of the values', () => {
    const topics = ['pixel_id', 'token', 'paste', 'unhealthy', 'rotate', 'test', 'version']
    const secret = 'sesame'
    const starts = [
      '',
      ' ',
      '"',
      '***',
      '…',
      'EAA',
      'eyJ',
      'Bearer ',
      'token=',
      'a2_',
      '\u200b',
      'a b',
      'act_',
      '%20',
      '1|',
    ]
    const values = starts.flatMap((start) => [start + secret, start + secret.repeat(12), `${start + secret} ${secret}`])
    const changes: Partial<InstanceSettings>[] = [
      ...values.flatMap((text) => [
        { access_token: text },
        { pixel_id: text },
        { test_id: text, test_until: 1 },
        { api_version: text },
      ]),
      {
        test_event_code: secret,
        reddit_user: `${secret} `.repeat(9),
        default_calling_code: secret,
        default_currency: secret,
        action_source: secret,
        batch_size: 9999,
        ...{ test_mode: true, test_id: secret, email_rule: 'dots', hash_ip: true, partner: secret },
      },
      ...[`https://${secret}.example/api/v3`, `https://tr.snapchat.com/${secret}`, 'https://a.facebook.com'].map(
        (endpoint) => ({ endpoint }),
      ),
      ...[{ modes: secret, country: secret }, [secret], ['LDU'], ['LMU'], ['DELETE'], 1].map(
        (data_processing_options) => ({ data_processing_options }),
      ),
    ]
    const findings = changes.flatMap((change) => find(name, change))
    expect(findings.length).toBeGreaterThan(100)
    for (const { level, message, fix, guide } of findings) {
      expect(['wrong', 'odd']).toContain(level)
      expect(message).toMatch(/^[A-Z].*\.$/)
      expect(fix).toMatch(/^[A-Z].*\.$/)
      expect(topics).toContain(guide)
      expect(message + fix).not.toContain(secret)
    }
  })
})
