import { createInterface } from 'node:readline'
import { PairpixelError } from '../../shared/errors.ts'
import type { StoredEvent } from '../../shared/event.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { readTime, type Issue } from '../../shared/parse-field.ts'
import { askBefore } from '../before.ts'
import { readJson } from '../collect/read-json.ts'
import { storedEvent } from '../copy.ts'
import type { Warning } from '../destinations/destination.ts'
import { destinationNames, destinationOf } from '../destinations/index.ts'
import { mapFor } from '../destinations/mapping.ts'
import { settingsAt } from '../destinations/test-mode.ts'
import { consentHold, isAddressed, isGranted, needsServerCopy, shortName } from '../pair/may-forward.ts'
import { setPath, type Tree } from '../settings/environment.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import type { Site, SiteInstance } from '../site.ts'

export interface PreviewOptions {
  readonly config?: string
  readonly destination?: string
  /** The clock for ages; default: now. */
  readonly now?: string
  readonly set: readonly string[]
}

/** Standard input, JSON lines → a line per event and instance: the request, or why there is none. No network, no store. */
export async function preview(options: PreviewOptions): Promise<number> {
  const now = options.now === undefined ? Date.now() : readTime(options.now)
  if (now === undefined) throw new PairpixelError('USAGE', '--now is no ISO 8601 time')
  const sites = await previewSites(options)
  const chosen = sites.flatMap((site) =>
    site.instances
      .filter(
        ({ name }) => !options.destination || name === options.destination || shortName(name) === options.destination,
      )
      .map((instance) => ({ site, instance })),
  )
  if (!chosen.length) throw new PairpixelError('USAGE', `there is no destination ${options.destination ?? ''}`)
  let line = 0
  let unnamed = 0
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    line++
    // Trimmed, for some programs begin a file with a mark of the byte order.
    const json = text.trim() ? readJson(text.trim()) : undefined
    if (!json) continue
    const parsed =
      'refusal' in json
        ? { ok: false as const, issues: [{ path: '', code: json.refusal.code, message: json.refusal.message }] }
        : parseEvent(json.value, { now, newId: () => `preview-${++unnamed}` })
    if (!parsed.ok) print({ line, refused: true, issues: parsed.issues })
    else
      for (const { site, instance } of chosen) {
        const event = site.url && !parsed.event.url ? { ...parsed.event, url: site.url } : parsed.event
        const asked = site.before ? askBefore(site.before, event, 'backend', now) : { event }
        const heard = [...parsed.warnings]
        const alone = { ...site, instances: [instance] } // whose warnings stand in its own line
        print({
          line,
          destination: instance.name,
          ...('dropped' in asked
            ? skipped(event, 'filtered', asked.dropped)
            : previewSafely(storedEvent(alone, asked.event, heard), instance, now, heard)),
        })
      }
  }
  return 0
}

const skipped = ({ event_id }: Pick<StoredEvent, 'event_id'>, reason: string, detail: string): object => ({
  event_id,
  skipped: true,
  reason,
  detail,
})

/** One event that our own code stumbles over takes no other along. */
function previewSafely(...told: Parameters<typeof previewOne>): object {
  try {
    return previewOne(...told)
  } catch (error) {
    return skipped(told[0], 'error', `Our own code stumbled: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

function previewOne(event: StoredEvent, instance: SiteInstance, now: number, parsed: readonly Issue[]): object {
  if (!isAddressed(event.to, instance)) return skipped(event, 'filtered', 'The event names other destinations in `to`.')
  if (!instance.enabled) return skipped(event, 'disabled', 'The destination is switched off.')
  const held = consentHold(event.consent, instance)
  if (held) return skipped(event, held.reason, held.detail)
  const destination = destinationOf(instance)
  const settings = settingsAt(instance, now)
  const mapped = mapFor(destination, event, settings, now, event.fired?.[instance.platform])
  if ('skip' in mapped) return skipped(event, mapped.skip, mapped.detail)
  const warnings = [
    ...parsed.map(({ path, message }) => ({ field: path, message })),
    ...mapped.warnings,
    ...waitWarnings(event, instance),
  ]
  const { method, url, headers, body } = destination.request([mapped.payload], { ...settings, access_token: '***' })
  return {
    event_id: event.event_id,
    request: { method, url, headers, body: JSON.parse(body) as unknown },
    ...(warnings.length > 0 && { warnings }),
  }
}

/** Here nothing is held; a collector waits, depending on who tells of the event first. */
function waitWarnings({ event, consent }: StoredEvent, instance: SiteInstance): readonly Warning[] {
  const needsCopy = {
    field: 'require_server_copy',
    message: 'From a page alone it is held, and not sent unless your back end tells of it too.',
  }
  const needsYes = {
    field: 'server_consent',
    message: 'From your back end alone, without consent, it is held, and not sent unless a page says yes.',
  }
  return [
    ...(needsServerCopy(event, instance) ? [needsCopy] : []),
    ...(instance.server_consent && !isGranted(consent, instance) ? [needsYes] : []),
  ]
}

/** The settings, with `--set` over them; IDs and tokens that nobody gave are filled with words, for nothing is sent. */
async function previewSites({ config, set }: PreviewOptions): Promise<readonly Site[]> {
  const tree = await loadTree({ env: process.env, file: config, folder: process.cwd() })
  // Nothing configured, only adjusted by --set: all three platforms are shown.
  const bare = tree.sites === undefined && tree.destinations === undefined
  if (bare) tree.destinations = Object.fromEntries(destinationNames.map((platform) => [platform, {}]))
  for (const entry of set) {
    const at = entry.indexOf('=')
    if (at < 1) throw new PairpixelError('USAGE', `--set ${entry} is not KEY=VALUE`)
    const key = entry.slice(0, at)
    setPath(
      tree,
      key,
      /(^|\.)(pixel_id|access_token|test_id|test_event_code)$/.test(key)
        ? entry.slice(at + 1)
        : parsedOrText(entry.slice(at + 1)),
    )
  }
  const sites = (tree.sites as Record<string, Tree> | undefined) ?? { default: tree }
  for (const site of Object.values(sites)) {
    const given = (site.destinations ??= {}) as Record<string, Tree>
    for (const [name, destination] of Object.entries(given)) {
      // Two instances of one platform may not share a pixel, so a second one's word says whose it is.
      destination.pixel_id ??= destinationNames.includes(name) ? 'PIXEL_ID' : `PIXEL_ID_${name}`
      destination.access_token ??= '***'
    }
  }
  return checkTree(tree).sites
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const print = (entry: object): void => void process.stdout.write(`${JSON.stringify(entry)}\n`)
