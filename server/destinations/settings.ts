import type { ActionSource } from '../../shared/event.ts'
import type { Finding, InstanceSettings } from './destination.ts'

/**
 * What the platforms' checks of settings share. What pasting does stands in pasted.ts. Unknown versions and tests without
 * an end are told by notices.ts alone.
 */

/** Something that settings should not say. */
export interface SettingRow extends Finding {
  readonly field: keyof InstanceSettings
  readonly finds: (settings: InstanceSettings) => boolean
}

/** What the rows find in these settings. */
export const checkRows = (settings: InstanceSettings, rows: readonly SettingRow[]): readonly Finding[] =>
  rows.filter(({ finds }) => finds(settings)).map(({ finds: _finds, ...finding }) => finding)

/** Setting that not every platform and version reads → who does. */
const readBy = {
  test_event_code: 'Meta and Snapchat',
  test_id: 'Reddit’s v3',
  test_mode: 'Reddit’s v2.0 and Snapchat',
  email_rule: 'Reddit',
  hash_ip: 'Reddit',
  reddit_user: 'Reddit',
  partner: 'Meta and Reddit',
} as const satisfies Partial<Record<keyof InstanceSettings, string>>
type OwnSetting = keyof typeof readBy

const ownSettings = Object.keys(readBy) as readonly OwnSetting[]
const isSet = (value: unknown): boolean => value !== undefined
const isTestSetting = (key: OwnSetting): boolean => key.startsWith('test_')

/** What one platform, or one version of it, makes of the settings that not all read. */
export interface Reads {
  /** Who it is, for people. */
  readonly title: string
  readonly reads: readonly OwnSetting[]
  /** How bad it is when a test that somebody asked for does not happen. */
  readonly lostTest: Finding['level']
}

/** Settings that do nothing here: those for others, and the end of a test without a test. */
export function checkUnused(settings: InstanceSettings, { title, reads, lostTest }: Reads): readonly Finding[] {
  const used = ownSettings.filter((key) => isSet(settings[key]) && !(key === 'test_mode' && !settings[key]))
  const hasTest = used.some((key) => isTestSetting(key) && reads.includes(key))
  const tests = reads.filter(isTestSetting).join(' or ')
  const unused = used.filter((key) => !reads.includes(key))
  const others = unused.map((field): Finding => {
    const isLost = isTestSetting(field) && !hasTest
    return {
      level: isLost ? lostTest : 'odd',
      field,
      message: `This is a setting for ${readBy[field]}; ${title} does not use it${isLost ? ', and no event is marked as a test' : ''}.`,
      fix: `Take ${field} out of this destination${isLost ? `; for a test, set ${tests}` : ''}.`,
      guide: isTestSetting(field) ? 'test' : 'unhealthy',
    }
  })
  return isSet(settings.test_until) && !used.some(isTestSetting) ? [...others, endAlone(tests)] : others
}

const endAlone = (tests: string): Finding => ({
  level: 'odd',
  field: 'test_until',
  message: 'There is an end of a test, but no test.',
  fix: `Set ${tests}, or take test_until out.`,
  guide: 'test',
})

/** An `action_source` that is a word neither of ours nor of the platform's. */
export const unknownSource = (
  title: string,
  sources: Readonly<Partial<Record<ActionSource, string>>>,
  level: Finding['level'],
): SettingRow => ({
  field: 'action_source',
  finds: ({ action_source: said }) =>
    said !== undefined &&
    !Object.entries(sources)
      .flat()
      .some((word) => word.toLowerCase() === said.trim().toLowerCase()),
  level,
  message: `${title} knows no such action source, so events count as a website’s.`,
  fix: `Set one of ${Object.keys(sources).join(', ')}, or take action_source out.`,
  guide: 'unhealthy',
})

/** A `default_calling_code` that is none. */
export const badCallingCode: SettingRow = {
  field: 'default_calling_code',
  finds: ({ default_calling_code: code }) => code !== undefined && !/^[1-9]\d{0,3}$/.test(code),
  level: 'wrong',
  message: 'This is no country calling code, so national phone numbers stay as they are.',
  fix: 'Set its digits alone, such as 44, without + and zeros.',
  guide: 'unhealthy',
}
