import type { Counts } from '../../store/store.ts'
import type { InstanceCard } from '../shapes.ts'
import type { TrailView } from '../trail/index.ts'
import { splitPending, type Waiting } from '../trail/queue.ts'
import type { ShownInstance, ShownNotice } from '../view.ts'
import { pixelsOf } from '../trail/pixels.ts'
import { judge, type CardFacts } from './card-rules.ts'
import { endsIn } from './ends.ts'
import { errorsIn } from './errors.ts'
import { linesIn, windowOf } from './window.ts'

const newestEvents = 12

/** What waits of an instance, by the store's exact number and the trail's split of it. */
export const waitingOf = (view: TrailView, counts: Counts, instance: string): Waiting =>
  splitPending(counts.deliveries[instance]?.pending ?? 0, view.gauges(instance), view.facts.births[instance] ?? {})

/** Every instance as a card. Pure. */
export function cardsOf(
  view: TrailView,
  counts: Counts,
  instances: readonly ShownInstance[],
  notices: ReadonlyMap<string, readonly ShownNotice[]>,
): readonly InstanceCard[] {
  const hour = linesIn(view, windowOf('1h', view.at))
  const day = linesIn(view, windowOf('24h', view.at))
  const errors = errorsIn(view, hour, instances)
  return instances.map((instance) => {
    const { name, platform, site, dryRun, enabled = true } = instance
    const rates = (lines: typeof hour) => {
      const ends = lines.filter((line) => line.instance === name).flatMap((line) => endsIn(line.counts, platform))
      const count = (fits: (end: (typeof ends)[number]) => boolean) =>
        ends.filter(fits).reduce((sum, end) => sum + end.count, 0)
      return {
        delivered: count(({ state }) => state === 'delivered'),
        failed: count(({ state }) => state === 'dead' || state === 'expired'),
        paired: count(({ pair }) => pair.state === 'paired'),
      }
    }
    const [lastHour, lastDay] = [rates(hour), rates(day)]
    const share = ({ delivered, failed }: ReturnType<typeof rates>) =>
      delivered + failed > 0 ? delivered / (delivered + failed) : undefined
    const [inHour, inDay] = [share(lastHour), share(lastDay)]
    const successes = Object.entries(view.facts.lastSuccess).flatMap(([key, at]) => {
      const [of = '', ...event] = key.split('\0')
      return of === name ? [{ event: event.join('\0'), at }] : []
    })
    const lastSuccessAt = successes.length ? Math.max(...successes.map(({ at }) => at)) : undefined
    const waiting = waitingOf(view, counts, name)
    const queued = waiting.held + waiting.queued + waiting.retrying
    const own = notices.get(name) ?? []
    const error = errors.filter((one) => one.instance === name).sort((a, b) => b.count - a.count)[0]?.words
    const pixels = pixelsSeen(view, instance, instances)
    const { state, ...matter } = judge({
      ...{ instance, now: view.at, notices: own, lastHour, lastDay, queued, pixels },
      ...(lastSuccessAt !== undefined && { lastSuccessAt }),
      ...(waiting.oldestAt !== undefined && { oldestAt: waiting.oldestAt }),
      ...(error !== undefined && { error }),
    })
    return {
      ...{ name, platform, site, enabled, dryRun, state },
      ...matter,
      ...(instance.pixelId !== undefined && { pixelId: instance.pixelId }),
      ...(instance.managerUrl !== undefined && { managerUrl: instance.managerUrl }),
      ...(lastSuccessAt !== undefined && { lastSuccessAt }),
      successRate: { ...(inHour !== undefined && { '1h': inHour }), ...(inDay !== undefined && { '24h': inDay }) },
      queued,
      ...(waiting.oldestAt !== undefined && { oldestQueuedAt: waiting.oldestAt }),
      ...(lastDay.delivered > 0 && { pairedRate: lastDay.paired / lastDay.delivered }),
      lastSuccessByEvent: successes.sort((a, b) => b.at - a.at).slice(0, newestEvents),
      otherPixelIds: pixels.others,
      token: tokenOf(instance, lastSuccessAt),
      apiVersion: instance.apiVersion ?? { name: '' },
      ...(instance.testMode && { testMode: instance.testMode }),
      notices: own,
    }
  })
}

/** Pixels of the platform that pages of the site load and no destination has, and whether they load this one's too. */
function pixelsSeen(
  view: TrailView,
  { site, platform, pixelId }: ShownInstance,
  instances: readonly ShownInstance[],
): NonNullable<CardFacts['pixels']> {
  if (pixelId === undefined) return { others: [], isOwnSeen: false }
  const seen = pixelsOf(view.facts.pixels, site, platform, view.at)
  const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()
  const known = instances.flatMap((one) => (one.site === site && one.platform === platform ? (one.pixelId ?? []) : []))
  return {
    others: seen.filter((id) => !known.some((one) => isSame(one, id))),
    isOwnSeen: seen.some((id) => isSame(id, pixelId)),
  }
}

/** An event that was taken says more than an older question. */
function tokenOf({ token, dryRun }: ShownInstance, lastSuccessAt: number | undefined): InstanceCard['token'] {
  const known = token ?? { set: !dryRun }
  if (lastSuccessAt === undefined || lastSuccessAt <= (known.checkedAt ?? -Infinity)) return known
  return { set: known.set, checkedAt: lastSuccessAt, good: true, words: 'The platform took an event with it.' }
}
