import type { Finding, InstanceSettings } from '../destination.ts'
import { checkPasted } from '../pasted.ts'
import { badCallingCode, checkRows, checkUnused, type Reads, type SettingRow } from '../settings.ts'
import { accessToken, pixelId, testId } from './pasted.ts'
import { readOptions } from './privacy.ts'
import { redditUser } from './request.ts'
import { actionSources, isV3 } from './rules.ts'

/** What looks wrong about a Reddit destination before anything is sent. */
export function checkSettings(settings: InstanceSettings): readonly Finding[] {
  if (settings.dry_run) return []
  return [
    ...checkPasted(settings, pixelId),
    ...checkPasted(settings, accessToken),
    ...checkPasted(settings, testId),
    ...checkRows(settings, rows),
    ...checkUnused(settings, isV3(settings) ? v3 : v2),
    ...checkOptions(settings.data_processing_options),
  ]
}

/** Reddit keeps tests from counting: one that does not happen is counted. */
const own = { reads: ['email_rule', 'hash_ip', 'reddit_user', 'partner'], lostTest: 'wrong' } as const
const v3: Reads = { ...own, title: 'Reddit’s v3', reads: ['test_id', ...own.reads] }
const v2: Reads = { ...own, title: 'Reddit’s v2.0', reads: ['test_mode', ...own.reads] }

const rows: readonly SettingRow[] = [
  {
    finds: (settings) => {
      const source = settings.action_source?.trim().toLowerCase()
      return !isV3(settings) && source !== undefined && source !== actionSources.website.toLowerCase()
    },
    level: 'odd',
    field: 'action_source',
    message: 'v2.0 has no action source: Reddit is not told that these events were not on the website.',
    fix: 'Set api_version to v3.',
    guide: 'version',
  },
  {
    finds: ({ reddit_user: user }) => user !== undefined && !redditUser(user),
    level: 'odd',
    field: 'reddit_user',
    message: 'This is no Reddit user name, so none is told to Reddit.',
    fix: 'Write the name alone, as in /u/NAME: 3 to 20 letters, digits, _ or -.',
    guide: 'unhealthy',
  },
  badCallingCode,
  {
    finds: ({ endpoint = '' }) => /\/api(\/|$)/.test(endpoint),
    level: 'wrong',
    field: 'endpoint',
    message: 'The endpoint goes on after the host; the path of the API is added when we send.',
    fix: 'End it before /api, or take the setting away.',
    guide: 'unhealthy',
  },
]

/** The options as each event would read them, and the words of the other platforms. */
function checkOptions(options: unknown): readonly Finding[] {
  const found: string[] = []
  readOptions(options, (_field, message) => void found.push(message))
  const isSnapchats = /\bLMU\b/i.test(JSON.stringify(options) ?? '')
  const messages = isSnapchats ? ['LMU is Snapchat’s word; Reddit’s is LDU.'] : [...new Set(found)]
  return messages.map((message) => ({
    level: 'wrong',
    field: 'data_processing_options',
    message,
    fix: 'Write { "modes": ["LDU"], "country": "US", "region": "US-CA" }, or LDU alone.',
    guide: 'unhealthy',
  }))
}
