import type { Finding, InstanceSettings } from '../destination.ts'
import { checkPasted } from '../pasted.ts'
import { badCallingCode, checkRows, checkUnused, unknownSource, type Reads, type SettingRow } from '../settings.ts'
import { accessToken, pixelId } from './pasted.ts'
import { readLimits } from './processing.ts'
import { versionOf } from './request.ts'
import { actionSources, batch, versions } from './rules.ts'

/** What looks wrong about settings before anything is sent. Nothing of a token is in the words but its length. */
export function checkSettings(settings: InstanceSettings): readonly Finding[] {
  if (settings.dry_run) return []
  return [
    ...checkPasted(settings, pixelId),
    ...checkPasted(settings, accessToken),
    ...checkRows(settings, rows),
    ...checkUnused(settings, reads),
    ...checkLimits(settings),
  ]
}

/** A lost test is odd at most: Meta counts test events like all others. */
const reads: Reads = { title: 'Meta', reads: ['test_event_code', 'partner'], lostTest: 'odd' }

const rows: readonly SettingRow[] = [
  {
    // It stands in the address as it is set; notices.ts takes v26 for v26.0.
    field: 'api_version',
    finds: (settings) => versions.known.some(({ name }) => name === `${versionOf(settings)}.0`),
    level: 'wrong',
    message: `This is no version of Meta’s API; they look like ${versions.usual}.`,
    fix: `Take api_version out, or set ${versions.usual}.`,
    guide: 'version',
  },
  {
    field: 'endpoint',
    finds: ({ endpoint = '' }) => /\/v\d+(\.\d+)?(\/|$)|\/events\/?$|[?#]/.test(endpoint),
    level: 'wrong',
    message: 'The endpoint has more than the base address: version, pixel ID and path are put behind it.',
    fix: 'Take endpoint out; or, where a gateway is used, set its address alone.',
    guide: 'version',
  },
  {
    field: 'test_event_code',
    finds: ({ test_event_code: code }) => code !== undefined && !/^TEST\w+$/.test(code),
    level: 'odd',
    message: 'This does not look like a test code of Meta: those are TEST and a number.',
    fix: 'Copy the code from the Test Events tab of the pixel in Events Manager.',
    guide: 'test',
  },
  unknownSource('Meta', actionSources, 'wrong'),
  badCallingCode,
  {
    field: 'batch_size',
    finds: ({ batch_size: size = 0 }) => size > batch.most,
    level: 'odd',
    message: `Meta takes ${batch.most} events in a request at most; a larger number is cut to that.`,
    fix: `Set ${batch.most} or less, or take batch_size out for ${batch.usual}.`,
    guide: 'unhealthy',
  },
]

/** The same reading as for events: what is left out there with a warning is told of here. */
function checkLimits({ data_processing_options: given }: InstanceSettings): readonly Finding[] {
  const found: string[] = []
  const { isLimited } = readLimits(given, '', (_field, message) => void found.push(message))
  return found.map((message) => ({
    level: isLimited ? 'odd' : 'wrong',
    field: 'data_processing_options',
    message,
    fix: 'Set ["LDU"]; with a place, all three keys as Meta’s page on data processing options shows them.',
    guide: 'unhealthy',
  }))
}
