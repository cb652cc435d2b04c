import { createHash } from 'node:crypto'
import { reasons } from '../../../shared/reasons.ts'
import type { Ended, Ending, ReplayFilter, Store } from '../../store/store.ts'
import type { DeadGroup } from '../shapes.ts'
import type { ShownInstance } from '../view.ts'
import { fixFor } from './fixes.ts'

const pageSize = 200
/** Kinds of words that are told apart: a platform that never says the same twice shall not fill our memory. */
export const mostGroups = 1000
const sampleSize = 5

/** Ended deliveries of one instance that ended in one way, for one reason, with the same words but for numbers. */
export interface GroupKey {
  readonly instance: string
  readonly state: Ended['state']
  readonly reason: string
  readonly why: string
}

/** Numbers, IDs and quoted values differ from event to event, and are no other matter. */
const plain = (why: string): string =>
  why
    .replace(/"[^"]{0,200}"|“[^”]{0,200}”|'[^']{0,200}'/g, '“…”')
    .replace(/\d+/g, '#')
    .slice(0, 200)

export const keyOf = ({ instance, state, reason = 'rejected_by_platform', why = '' }: Ending): GroupKey => ({
  instance,
  state,
  reason,
  why: plain(why),
})

const textOf = ({ instance, state, reason, why }: GroupKey): string => JSON.stringify([instance, state, reason, why])

export const idOf = (key: GroupKey): string => createHash('sha256').update(textOf(key)).digest('hex').slice(0, 16)

/** Pages of what ended and can be tried again; it stops where the reader stops. */
export async function* endedPages(store: Pick<Store, 'ended'>, filter: ReplayFilter): AsyncGenerator<readonly Ended[]> {
  for (let after: number | undefined; ;) {
    const page = await store.ended(filter, pageSize, after)
    if (page.length) yield page
    if (page.length < pageSize) return
    after = page.at(-1)!.delivery
  }
}

interface Gathered {
  readonly key: GroupKey
  /** Words of the one that was read first. */
  readonly why: string
  count: number
  firstAt: number
  lastAt: number
  /** The latest, oldest first. */
  sample: readonly Ending[]
}

/** The dead letters in groups, largest first: all of them are counted, and a few of each are kept. */
export async function deadGroups(
  store: Pick<Store, 'endings'>,
  instances: readonly ShownInstance[],
  site?: string,
): Promise<readonly DeadGroup[]> {
  const groups = new Map<string, Gathered>()
  for await (const portion of store.endings())
    for (const ending of portion) {
      if (site !== undefined && ending.site !== site) continue
      const key = keyOf(ending)
      const id = textOf(key)
      const group = groups.get(id)
      if (group) gather(group, ending)
      else if (groups.size < mostGroups)
        groups.set(id, gather({ key, why: ending.why ?? '', count: 0, ...noTimes, sample: [] }, ending))
    }
  return [...groups.values()].map((group) => asGroup(group, instances)).sort((a, b) => b.count - a.count)
}

const noTimes = { firstAt: Infinity, lastAt: -Infinity }

function gather(group: Gathered, ending: Ending): Gathered {
  const { settledAt } = ending
  const [oldest] = group.sample
  group.count++
  group.firstAt = Math.min(group.firstAt, settledAt)
  group.lastAt = Math.max(group.lastAt, settledAt)
  if (group.sample.length < sampleSize || settledAt >= (oldest?.settledAt ?? 0))
    group.sample = [...group.sample, ending].sort((a, b) => a.settledAt - b.settledAt).slice(-sampleSize)
  return group
}

function asGroup(
  { key, why, count, firstAt, lastAt, sample }: Gathered,
  instances: readonly ShownInstance[],
): DeadGroup {
  const platform = instances.find(({ name }) => name === key.instance)?.platform ?? key.instance
  const reason = Object.hasOwn(reasons, key.reason) ? reasons[key.reason as keyof typeof reasons].text : key.reason
  return {
    id: idOf(key),
    ...{ instance: key.instance, platform, state: key.state, reason: key.reason },
    why: why || reason,
    fix: fixOf(key, platform, why),
    ...{ count, firstAt, lastAt },
    sample: sample.map(({ name, eventId, site }) => ({ event: name, eventId, site })),
  }
}

/** The reason of an end → what helps. */
const byReason: Readonly<Record<string, string>> = {
  too_old: 'Its time has passed at the platform. Only a forced replay sends it, and it may not count.',
  window_passed:
    'The platform would no longer pair it with its pixel’s hit: a forced replay may count it twice. Discard it unless no pixel fired.',
  unreadable_answer: 'The platform may have taken it: look there first, then send it again.',
}

function fixOf({ reason }: GroupKey, platform: string, why: string): string {
  if (Object.hasOwn(byReason, reason)) return byReason[reason]!
  // Meta's numbers stand in its words; the others' words say it themselves, and our advice stands behind them.
  const code = /\b\d{1,6}\/\d{2,7}\b/.exec(why)?.[0]
  return code === undefined ? 'Mend what the words name, then send the group again.' : fixFor(platform, code)
}
