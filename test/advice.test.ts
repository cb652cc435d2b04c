import { describe, expect, test } from 'vitest'
import { createAdviceLog, isDue } from '../server/advice-log.ts'
import { adviceOn, countAdvice, withField } from '../server/advice.ts'
import type { SiteInstance } from '../server/site.ts'
import { dayMs } from '../shared/limits.ts'
import { demoAccounts } from '../server/demo/simulators.ts'

const now = Date.UTC(2026, 10, 21, 12)
const { pixelId, token } = demoAccounts.meta
const meta = (change: Partial<SiteInstance> = {}): SiteInstance => ({
  name: 'shop/meta',
  platform: 'meta',
  enabled: true,
  pixel_id: pixelId,
  access_token: token,
  ...change,
})
const cut = { access_token: token.slice(0, 12) }
const ending = { api_version: 'v21.0' } // ends 2027-01-21
const brief = (instance: SiteInstance, at = now) => adviceOn(instance, at).map(({ code, level }) => [code, level])

describe('advice on an instance', () => {
  test.each([
    ['good settings: none', {}, []],
    ['a token cut short is urgent', cut, [['settings_wrong', 'urgent']]],
    [
      'all of it, the loudest first',
      { ...cut, api_version: 'v20.0', test_event_code: 'TEST1234', test_until: now + dayMs },
      [
        ['settings_wrong', 'urgent'],
        ['version_ended', 'urgent'],
        ['test_on', 'info'],
      ],
    ],
    ['a wait for a back end that cannot speak', { no_server_keys: true }, [['settings_wrong', 'urgent']]],
    ['switched off: none', { ...cut, enabled: false }, []],
    ['a dry run: none', { ...cut, dry_run: true }, []],
  ])('%s', (_sentence, change, expected) => {
    expect(brief(meta(change))).toEqual(expected)
  })

  test('one thing is said once', () => {
    const { pixelId: pixel_id, token: access_token } = demoAccounts.snapchat
    const instance = meta({ platform: 'snapchat', pixel_id, access_token, test_mode: true })
    expect(adviceOn(instance, now).map(({ code }) => code)).toEqual(['test_without_end'])
  })

  test('the version is judged by the time that is passed', () => {
    expect(brief(meta(ending), Date.UTC(2026, 10, 21))).toEqual([])
    expect(brief(meta(ending), Date.UTC(2026, 10, 22))).toEqual([['version_ending', 'warning']])
    expect(brief(meta(ending), Date.UTC(2027, 0, 14))).toEqual([['version_ending', 'urgent']])
  })

  test('no sentence holds the token or a part of it', () => {
    expect(JSON.stringify(adviceOn(meta(cut), now))).not.toContain(cut.access_token)
  })
})

test('health gets numbers alone, of what is not merely good to know', () => {
  const instances = [
    meta({ ...cut, api_version: 'v20.0' }),
    meta({ api_version: 'v22.0', test_event_code: 'TEST1234', test_until: now + 40 * dayMs }),
    meta({ test_event_code: 'TEST1234', test_until: now + dayMs }),
    meta({ ...cut, enabled: false }),
  ]
  expect(countAdvice(instances, now)).toEqual({ urgent: 2, warning: 1 })
})

test.each([
  ['said before', 'access_token', 'The token is cut.', 'access_token: The token is cut.'],
  ['there by its key', 'api_version', 'api_version is unknown.', 'api_version is unknown.'],
  ['there in words', 'pixel_id', 'The pixel ID is empty.', 'The pixel ID is empty.'],
])('a setting’s name is %s', (_sentence, field, message, expected) => {
  expect(withField(field, message)).toBe(expected)
})

test.each([
  ['at the start', undefined, true],
  ['not again in the same moment', now, false],
  ['not before a day has passed', now - dayMs + 1, false],
  ['when a day has passed', now - dayMs, true],
  ['when the clock was set back', now + 1, true],
])('the log says it %s', (_sentence, saidAt, due) => {
  expect(isDue(saidAt, now)).toBe(due)
})

test('a line each, of warnings and what is urgent, at the start and a day later', () => {
  let at = now
  const lines: Record<string, unknown>[] = []
  const instances = [meta({ ...cut, test_event_code: 'TEST1234', test_until: now + 5 * dayMs }), meta({ name: 'ok' })]
  const advice = createAdviceLog(instances, { now: () => at, log: (entry) => void lines.push(entry) })
  advice.start()
  advice.stop()
  const said = { level: 'warn', instance: 'shop/meta', code: 'settings_wrong' }
  expect(lines).toEqual([{ ...said, message: expect.any(String) as string, fix: expect.any(String) as string }])
  at += dayMs - 1
  advice.look()
  expect(lines).toHaveLength(1)
  at += 1
  advice.look()
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject(said)
})
