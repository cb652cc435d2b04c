import type { Finding, InstanceSettings } from '../destination.ts'
import { checkPasted } from '../pasted.ts'
import { badCallingCode, checkRows, checkUnused, unknownSource, type Reads, type SettingRow } from '../settings.ts'
import { readCurrency } from '../wire.ts'
import { areOptions, readOptions } from './options.ts'
import { accessToken, appId, pixelId } from './pasted.ts'
import { actionSources, currencies } from './rules.ts'

/** What looks wrong about the settings of a Snapchat destination; the words never hold a part of the token. */
export function checkSettings(settings: InstanceSettings): readonly Finding[] {
  if (settings.dry_run) return []
  const isApp = ['app', 'mobile_app'].includes(settings.action_source?.trim().toLowerCase() ?? '')
  return [
    ...checkPasted(settings, isApp ? appId : pixelId),
    ...checkPasted(settings, accessToken),
    ...checkRows(settings, rows),
    ...checkUnused(settings, reads),
  ]
}

const reads: Reads = { title: 'Snapchat', reads: ['test_event_code', 'test_mode'], lostTest: 'odd' }

const useList = 'Write ["LMU"], a list with Snapchat’s word for limited use.'

const rows: readonly SettingRow[] = [
  {
    field: 'endpoint',
    finds: ({ endpoint = '' }) => /^https?:\/\/[^/]*(facebook|reddit)\.com/i.test(endpoint),
    level: 'wrong',
    message: 'The endpoint is the address of another platform.',
    fix: 'Take endpoint out: Snapchat’s own address is known.',
    guide: 'unhealthy',
  },
  {
    field: 'endpoint',
    finds: ({ endpoint = '' }) => /^https?:\/\/[^/]*snapchat\.com\/./i.test(endpoint),
    level: 'wrong',
    message: 'The endpoint has a path in it, and the path is added by itself.',
    fix: 'Leave the address alone, such as https://tr.snapchat.com, or take endpoint out.',
    guide: 'version',
  },
  {
    field: 'endpoint',
    finds: ({ endpoint = '' }) => /\/\/tr-shadow\.snapchat\.com/i.test(endpoint),
    level: 'odd',
    message: 'The endpoint is a host for Snapchat’s own trials; what goes there may count for nobody.',
    fix: 'Take endpoint out, and use test_mode for tests.',
    guide: 'test',
  },
  unknownSource('Snapchat', actionSources, 'odd'),
  badCallingCode,
  {
    field: 'default_currency',
    finds: ({ default_currency: currency }) => !!currency && !currencies.has(readCurrency(currency) ?? ''),
    level: 'odd',
    message: 'This is no currency that Snapchat takes, so events without a currency of their own never go there.',
    fix: 'Send a currency with each event, or choose another default.',
    guide: 'unhealthy',
  },
  {
    field: 'data_processing_options',
    finds: ({ data_processing_options: given }) => isUnlike(given) && !readOptions(given).length,
    level: 'wrong',
    message: 'This says nothing that Snapchat knows, so no limit goes along.',
    fix: useList,
    guide: 'unhealthy',
  },
  {
    field: 'data_processing_options',
    finds: ({ data_processing_options: given }) => isUnlike(given) && readOptions(given).includes('LMU'),
    level: 'odd',
    message: 'This is not in Snapchat’s own shape and words; it is read as a wish for limited use.',
    fix: useList,
    guide: 'unhealthy',
  },
  {
    field: 'data_processing_options',
    finds: ({ data_processing_options: given }) => readOptions(given).includes('DELETE'),
    level: 'odd',
    message: 'This asks Snapchat to delete, with every single event.',
    fix: 'Write ["LMU"] for limited use; DELETE belongs to single events.',
    guide: 'unhealthy',
  },
]

const isUnlike = (given: unknown): boolean => given !== undefined && given !== null && !areOptions(given)
