import { PairpixelError } from '../../shared/errors.ts'
import { readTime } from '../../shared/parse-field.ts'
import { isReason } from '../../shared/reasons.ts'
import { mayReplay } from '../deliver/replay.ts'
import { shortName } from '../pair/may-forward.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import type { SiteInstance } from '../site.ts'
import type { Ended, ReplayFilter, Store } from '../store/store.ts'
import { openBeside } from './beside.ts'

export interface ReplayOptions {
  readonly config?: string
  readonly destination?: string
  readonly event?: string
  readonly reason?: string
  readonly state?: string
  readonly since?: string
  readonly until?: string
  readonly force?: boolean
  readonly dryRun?: boolean
}

const pageSize = 500
/** More lines than this nobody reads; the sums count all. */
const mostLines = 50
const states = ['dead', 'expired', 'suppressed'] as const

/** Tries ended deliveries again, or shows which it would. A collector that works on the store goes on meanwhile. */
export async function replay(options: ReplayOptions): Promise<number> {
  const words = readFilter(options)
  const settings = checkTree(await loadTree({ env: process.env, file: options.config, folder: process.cwd() }))
  const instances = settings.sites.flatMap((site) => site.instances)
  const filter = { ...words, ...(words.instance !== undefined && { instance: findName(instances, words.instance) }) }
  const store = await openBeside(settings, '; there is nothing to try again')
  try {
    const { tried, kept } = await replayAll(store, instances, filter, options)
    const verb = options.dryRun ? 'would be tried again' : 'are tried again'
    process.stdout.write(
      `${tried} ${verb}` +
        [...kept].map(([why, n]) => `\n${n} not: ${why}`).join('') +
        (kept.size && !options.force
          ? '\n--force tries also what is past its time: a platform may count it twice.'
          : '') +
        '\n',
    )
    return 0
  } finally {
    await store.close()
  }
}

/** The whole name of an instance, which with several sites may be left at its own part where that says which. */
function findName(instances: readonly SiteInstance[], said: string): string {
  const names = instances.map(({ name }) => name)
  const found = names.includes(said) ? [said] : names.filter((name) => shortName(name) === said)
  const [only] = found
  if (only === undefined) throw new PairpixelError('USAGE', `there is no destination ${said}`)
  if (found.length > 1) throw new PairpixelError('USAGE', `--destination ${said} may be ${found.join(' or ')}`)
  return only
}

async function replayAll(
  store: Store,
  instances: readonly SiteInstance[],
  filter: ReplayFilter,
  { force = false, dryRun = false }: ReplayOptions,
) {
  const kept = new Map<string, number>()
  const now = Date.now()
  let tried = 0
  let lines = 0
  const say = ({ instance, eventId, name, state, reason }: Ended, what: string) => {
    if (lines++ < mostLines)
      process.stdout.write(`${instance}  ${name} ${eventId}  ${[state, reason].filter(Boolean).join(' ')}: ${what}\n`)
  }
  for (let after = 0, page: readonly Ended[]; ; after = page.at(-1)!.delivery) {
    page = await store.ended(filter, pageSize, after)
    const good = page.filter((ended) => {
      const refusal = mayReplay(ended, instances, now, force)
      say(ended, refusal ?? (dryRun ? 'would be tried again' : 'is tried again'))
      if (refusal !== undefined) kept.set(refusal, (kept.get(refusal) ?? 0) + 1)
      return refusal === undefined
    })
    const numbers = good.map(({ delivery }) => delivery)
    tried += dryRun ? good.length : await store.replay(numbers, { forced: force }, now)
    if (page.length < pageSize) return { tried, kept }
  }
}

/** A word of the command line that is none of ours is refused; a filter that was meant may not be lost. */
function readFilter({ destination, event, reason, state, since, until }: ReplayOptions): ReplayFilter {
  if (reason !== undefined && !isReason(reason)) throw new PairpixelError('USAGE', `there is no reason ${reason}`)
  const found = states.find((known) => known === state)
  if (state !== undefined && !found)
    throw new PairpixelError('USAGE', `--state takes ${states.join(', ')}; it says ${state}`)
  return {
    ...(found && { state: found }),
    ...(destination !== undefined && { instance: destination }),
    ...(event !== undefined && { eventId: event }),
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { since: timeOf('--since', since) }),
    ...(until !== undefined && { until: timeOf('--until', until) }),
  }
}

function timeOf(name: string, text: string): number {
  const at = readTime(text)
  if (at === undefined) throw new PairpixelError('USAGE', `${name} is no time such as 2026-11-21T10:00:00Z`)
  return at
}
