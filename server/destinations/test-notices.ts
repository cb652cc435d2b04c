import { dayMs } from '../../shared/limits.ts'
import type { InstanceSettings } from './destination.ts'
import type { Notice } from './notices.ts'

type TestKey = 'test_event_code' | 'test_id' | 'test_mode'

interface Effect {
  readonly key: TestKey
  /** What the platform makes of the events, one sentence. */
  readonly effect: string
  /** Versions under which the key means anything; absent: all. */
  readonly under?: RegExp
}

const redditEffect = 'Reddit takes the events for tests, not for conversions.'

/** Platform → what its test settings do. A key that is not listed does nothing there. */
const effects: Readonly<Record<string, readonly Effect[]>> = {
  meta: [
    {
      key: 'test_event_code',
      effect: 'Meta shows the events under Test Events, and still counts them as real conversions.',
    },
  ],
  reddit: [
    { key: 'test_id', effect: redditEffect, under: /^(?!v?2(\.0)?$)/i },
    { key: 'test_mode', effect: redditEffect, under: /^v?2(\.0)?$/i },
  ],
  snapchat: [
    { key: 'test_mode', effect: 'Snapchat checks the events and counts none of them.' },
    { key: 'test_event_code', effect: 'Snapchat takes the events for tests and counts none of them.' },
  ],
}

/** For a platform without a row. */
const anyEffect = 'What is sent is marked as a test.'
const anyEffects = (['test_event_code', 'test_id', 'test_mode'] as const).map((key): Effect => ({
  key,
  effect: anyEffect,
}))

/** A test this long looks like one that was forgotten. */
const longDays = 30

/** What the test settings do at this time; undefined without any that mean something. @param now epoch ms */
export function testNotice(settings: InstanceSettings, now: number): Notice | undefined {
  const { platform, api_version: version = '', test_until: until } = settings
  const rows = Object.hasOwn(effects, platform) ? effects[platform]! : anyEffects
  const inUse = rows.filter(({ key, under }) => isOn(settings[key]) && (!under || under.test(version.trim())))
  const [first] = inUse
  if (!first) return undefined
  const keys = inUse.map(({ key }) => key).join(' and ')
  const about = { guide: 'test' } as const
  if (until === undefined)
    return {
      ...about,
      code: 'test_without_end',
      level: 'warning',
      message: `Test mode is on (${keys}) and no end is set. ${first.effect}`,
      fix: `When the test is done, take ${keys} out of the settings; or set test_until to a date.`,
    }
  const daysLeft = Math.ceil((until - now) / dayMs)
  if (now >= until)
    return {
      ...about,
      code: 'test_over',
      level: 'info',
      message: `The test is over since ${dayOf(until)}: events are sent as real ones, without ${keys}.`,
      fix: `Take ${keys} and test_until out of the settings.`,
      daysLeft: 0,
    }
  const message = `Test mode is on (${keys}) until ${dayOf(until)}, for ${daysLeft === 1 ? 'one more day' : `${daysLeft} more days`}. ${first.effect}`
  if (daysLeft > longDays)
    return {
      ...about,
      code: 'test_long',
      level: 'warning',
      message,
      fix: `That is a long test: set test_until to a nearer date, or take ${keys} out of the settings.`,
      daysLeft,
    }
  return { ...about, code: 'test_on', level: 'info', message, daysLeft }
}

const isOn = (value: string | boolean | undefined): boolean => value !== undefined && value !== false

/** A time of day only where it is not midnight, which ends the day before. */
const dayOf = (at: number): string =>
  at % dayMs === 0
    ? `the end of ${new Date(at - 1).toISOString().slice(0, 10)} (UTC)`
    : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} (UTC)`
