import { describe, expect, test } from 'vitest'
import type { Destination, InstanceSettings } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import { noticesFor, type Notice } from '../../server/destinations/notices.ts'
import { dayMs, hourMs } from '../../shared/limits.ts'
import { instance } from './vectors.ts'

const end = Date.UTC(2028, 6, 29)
/** A platform whose versions are made for the test; the rest is never asked. */
const platform = (versions: Destination['versions']): Destination => ({ ...destinations.meta, versions })
const twoVersions = platform({ usual: 'v26.0', known: [{ name: 'v26.0' }, { name: 'v25.0', until: '2028-07-29' }] })

const told = (notices: readonly Notice[]) => notices.map(({ code, level, daysLeft }) => [code, level, daysLeft])

describe('a version with an end', () => {
  test.each([
    ['61 days before it nothing is said', end - 61 * dayMs, []],
    ['a moment before the 60th day neither', end - 60 * dayMs - 1, []],
    ['from the 60th day on it is', end - 60 * dayMs, [['version_ending', 'warning', 60]]],
    ['59 days before', end - 59 * dayMs, [['version_ending', 'warning', 59]]],
    ['31 days before', end - 31 * dayMs, [['version_ending', 'warning', 31]]],
    ['30 days before', end - 30 * dayMs, [['version_ending', 'warning', 30]]],
    ['29 days before', end - 29 * dayMs, [['version_ending', 'warning', 29]]],
    ['8 days before', end - 8 * dayMs, [['version_ending', 'warning', 8]]],
    ['from the 7th day on it is urgent', end - 7 * dayMs, [['version_ending', 'urgent', 7]]],
    ['6 days before', end - 6 * dayMs, [['version_ending', 'urgent', 6]]],
    ['on the last day', end - dayMs, [['version_ending', 'urgent', 1]]],
    ['in the last moment', end - 1, [['version_ending', 'urgent', 1]]],
    ['on the first day without it', end, [['version_ended', 'urgent', 0]]],
    ['a year later', end + 365 * dayMs, [['version_ended', 'urgent', 0]]],
  ])('%s', (_sentence, now, expected) => {
    expect(told(noticesFor(instance('meta', { api_version: 'v25.0' }), twoVersions, now))).toEqual(expected)
  })

  test('what to do gets more pressing, and names the date', () => {
    const said = [60, 30, 7, 0].map((days) => {
      const [notice] = noticesFor(instance('meta', { api_version: 'v25.0' }), twoVersions, end - days * dayMs)
      return [notice?.message, notice?.fix]
    })
    const how = 'take api_version out of the settings, and v26.0 is used.'
    expect(said).toEqual([
      ['Version v25.0 of Meta’s API ends on 2028-07-29, in 60 days.', `In the coming weeks: ${how}`],
      ['Version v25.0 of Meta’s API ends on 2028-07-29, in 30 days.', `In the coming days: ${how}`],
      ['Version v25.0 of Meta’s API ends on 2028-07-29, in 7 days.', `Now: ${how}`],
      ['Version v25.0 of Meta’s API ended on 2028-07-29: events sent to it may be refused.', `Now: ${how}`],
    ])
  })
})

describe('what to change to', () => {
  const fixOf = (settings: Partial<InstanceSettings>, versions: Destination['versions']) =>
    noticesFor(instance('meta', settings), platform(versions), end - dayMs)[0]?.fix
  const ending = { name: 'v25.0', until: '2028-07-29' }

  test('without a setting the usual version is judged, and a newer one has to be set', () => {
    const known = [{ name: 'v26.0' }, ending]
    expect(fixOf({}, { usual: 'v25.0', known })).toBe('Now: set api_version to v26.0.')
  })
  test('when the usual one ends as well, the newest that lasts is named', () => {
    const known = [{ name: 'v27.0' }, { name: 'v26.0', until: '2028-08-01' }, ending]
    expect(fixOf({ api_version: 'v25.0' }, { usual: 'v26.0', known })).toBe('Now: set api_version to v27.0.')
  })
  test.each([
    ['all end within days', { name: 'v26.0', until: '2028-08-01' }],
    ['the others are deprecated', { name: 'v26.0', deprecated: true } as const],
  ])('when %s, only a newer Pairpixel helps', (_sentence, other) => {
    const fix = fixOf({ api_version: 'v25.0' }, { usual: 'v26.0', known: [other, ending] })
    expect(fix).toBe('Now: update Pairpixel, whose newer releases know newer versions.')
  })
})

describe('a version', () => {
  const now = Date.UTC(2026, 10, 21)
  test.each([
    ['in use everywhere by default says nothing', 'meta', {}, []],
    [
      'of Reddit that is deprecated without a date',
      'reddit',
      { api_version: 'v2.0' },
      [['version_deprecated', 'warning', undefined]],
    ],
    [
      'spelled without its zero is the same',
      'reddit',
      { api_version: 'v2' },
      [['version_deprecated', 'warning', undefined]],
    ],
    ['spelled with a zero more is the same', 'snapchat', { api_version: 'v3.0' }, []],
    ['of Meta that ended', 'meta', { api_version: 'v20.0' }, [['version_ended', 'urgent', 0]]],
    [
      'above all we know may be newer than we are',
      'meta',
      { api_version: 'v99.0' },
      [['version_unknown', 'info', undefined]],
    ],
    ['below is more likely a slip', 'snapchat', { api_version: 'v1' }, [['version_unknown', 'warning', undefined]]],
    ['below all of Meta’s is gone', 'meta', { api_version: 'v3.0' }, [['version_unknown', 'urgent', undefined]]],
    ['above Reddit’s is not asked for', 'reddit', { api_version: 'v4' }, [['version_unknown', 'warning', undefined]]],
    ['nor of Snapchat’s', 'snapchat', { api_version: 'v26.0' }, [['version_unknown', 'warning', undefined]]],
    ['between two we know as well', 'meta', { api_version: 'v25.5' }, [['version_unknown', 'warning', undefined]]],
  ] as const)('%s', (_sentence, name, settings, expected) => {
    expect(told(noticesFor(instance(name, settings), destinations[name], now))).toEqual(expected)
  })
})

describe('every platform’s table', () => {
  test.each(Object.values(destinations).map((destination) => [destination.name, destination.versions] as const))(
    '%s: the usual version is known, dates are dates, none is listed twice',
    (_name, { usual, known }: Destination['versions']) => {
      const names = known.map(({ name }) => name)
      expect(names).toContain(usual)
      expect(new Set(names).size).toBe(names.length)
      for (const { until } of known)
        if (until !== undefined) expect(new Date(until).toISOString().slice(0, 10)).toBe(until)
    },
  )
})

describe('test mode', () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const until = Date.UTC(2026, 11, 2)
  test.each([
    ['off says nothing, whatever its end', 'meta', { test_until: until }, []],
    ['off in so many words', 'snapchat', { test_mode: false }, []],
    ['at Meta without an end', 'meta', { test_event_code: 'TEST1' }, [['test_without_end', 'warning', undefined]]],
    ['at Reddit v3', 'reddit', { test_id: 't2_x' }, [['test_without_end', 'warning', undefined]]],
    [
      'at Reddit v2',
      'reddit',
      { test_mode: true, api_version: 'v2.0' },
      [
        ['version_deprecated', 'warning', undefined],
        ['test_without_end', 'warning', undefined],
      ],
    ],
    ['at Snapchat, checked only', 'snapchat', { test_mode: true }, [['test_without_end', 'warning', undefined]]],
    ['at Snapchat, by code', 'snapchat', { test_event_code: 'x' }, [['test_without_end', 'warning', undefined]]],
    ['of v2 under v3 does nothing', 'reddit', { test_mode: true }, []],
    [
      'of v3 under v2 does nothing',
      'reddit',
      { test_id: 'x', api_version: 'v2' },
      [['version_deprecated', 'warning', undefined]],
    ],
    ['of another platform does nothing', 'meta', { test_mode: true, test_id: 'x' }, []],
    ['until a near day', 'meta', { test_event_code: 'T', test_until: until }, [['test_on', 'info', 11]]],
    ['30 days is the most', 'meta', { test_event_code: 'T', test_until: now + 30 * dayMs }, [['test_on', 'info', 30]]],
    [
      'a moment more is long',
      'meta',
      { test_event_code: 'T', test_until: now + 30 * dayMs + 1 },
      [['test_long', 'warning', 31]],
    ],
    ['in its last hour', 'meta', { test_event_code: 'T', test_until: now + hourMs }, [['test_on', 'info', 1]]],
    ['in its last moment', 'meta', { test_event_code: 'T', test_until: now + 1 }, [['test_on', 'info', 1]]],
    ['at its end it is over', 'meta', { test_event_code: 'T', test_until: now }, [['test_over', 'info', 0]]],
    ['long over', 'reddit', { test_id: 'T', test_until: now - 90 * dayMs }, [['test_over', 'info', 0]]],
  ] as const)('%s', (_sentence, name, settings, expected) => {
    expect(told(noticesFor(instance(name, settings), destinations[name], now))).toEqual(expected)
  })

  const wordsOf = (name: keyof typeof destinations, settings: Partial<InstanceSettings>) =>
    noticesFor(instance(name, settings), destinations[name], now).map(({ message, fix }) => [message, fix])

  test('says that Meta counts a test all the same, and where the end is set', () => {
    expect(wordsOf('meta', { test_event_code: 'TEST1' })).toEqual([
      [
        'Test mode is on (test_event_code) and no end is set. Meta shows the events under Test Events, and still counts them as real conversions.',
        'When the test is done, take test_event_code out of the settings; or set test_until to a date.',
      ],
    ])
  })
  test('counts down to the day that was written', () => {
    expect(wordsOf('snapchat', { test_mode: true, test_event_code: 'x', test_until: until })).toEqual([
      [
        'Test mode is on (test_mode and test_event_code) until the end of 2026-12-01 (UTC), for 11 more days. Snapchat checks the events and counts none of them.',
        undefined,
      ],
    ])
  })
  test('an hour is told where one was written', () => {
    expect(wordsOf('reddit', { test_id: 'x', test_until: Date.UTC(2026, 10, 21, 15, 30) })[0]?.[0]).toContain(
      'until 2026-11-21 15:30 (UTC), for one more day.',
    )
  })
  test('when it is over, what is left of it is named', () => {
    expect(wordsOf('reddit', { test_id: 'x', test_until: Date.UTC(2026, 10, 20) })).toEqual([
      [
        'The test is over since the end of 2026-11-19 (UTC): events are sent as real ones, without test_id.',
        'Take test_id and test_until out of the settings.',
      ],
    ])
  })
  test('a platform without a row gets a sentence that is true anywhere', () => {
    const [notice] = noticesFor({ ...instance('other'), test_id: 'x' }, { ...destinations.meta, name: 'other' }, now)
    expect(notice?.message).toContain('What is sent is marked as a test.')
  })
})
