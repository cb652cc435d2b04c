import { createHash } from 'node:crypto'
import { reasons } from '../../../shared/reasons.ts'
import type { Ended, ReplayFilter, Store } from '../../store/store.ts'
import type { DeadGroup } from '../shapes.ts'
import type { ShownInstance } from '../view.ts'
import { fixFor } from './fixes.ts'

/** So many ended deliveries are read to be shown; a replay reads them all. */
export const mostShown = 2000
const pageSize = 200
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

export const keyOf = ({ instance, state, reason = 'rejected_by_platform', why = '' }: Ended): GroupKey => ({
  instance,
  state,
  reason,
  why: plain(why),
})

export const idOf = ({ instance, state, reason, why }: GroupKey): string =>
  createHash('sha256')
    .update(JSON.stringify([instance, state, reason, why]))
    .digest('hex')
    .slice(0, 16)

/** Pages of what ended and can be tried again; it stops where the reader stops. */
export async function* endedPages(store: Pick<Store, 'ended'>, filter: ReplayFilter): AsyncGenerator<readonly Ended[]> {
  for (let after: number | undefined; ;) {
    const page = await store.ended(filter, pageSize, after)
    if (page.length) yield page
    if (page.length < pageSize) return
    after = page.at(-1)!.delivery
  }
}

/** What somebody put aside: a group's deliveries up to a time are shown no more. */
export interface Discarded {
  readonly id: string
  readonly before: number
  readonly reason: string
}

interface Gathered {
  readonly key: GroupKey
  readonly why: string
  readonly list: Ended[]
}

/** The dead letters in groups, largest first. */
export async function deadGroups(
  store: Pick<Store, 'ended'>,
  instances: readonly ShownInstance[],
  discarded: readonly Discarded[],
  site?: string,
): Promise<readonly DeadGroup[]> {
  const groups = new Map<string, Gathered>()
  let read = 0
  let more = false
  for await (const page of endedPages(store, {})) {
    for (const ended of page) {
      const key = keyOf(ended)
      const id = idOf(key)
      if (site !== undefined && ended.site !== site) continue
      if (isDiscarded(discarded, id, ended)) continue
      const group = groups.get(id) ?? { key, why: ended.why ?? '', list: [] }
      groups.set(id, group)
      group.list.push(slim(ended))
    }
    read += page.length
    more = read >= mostShown
    if (more) break
  }
  return [...groups].map(([id, group]) => asGroup(id, group, instances, more)).sort((a, b) => b.count - a.count)
}

export const isDiscarded = (discarded: readonly Discarded[], id: string, { settledAt }: Ended): boolean =>
  discarded.some((one) => one.id === id && settledAt <= one.before)

/** Bodies are large, and a group needs none. */
const slim = (ended: Ended): Ended => ({ ...ended, copies: [] })

function asGroup(
  id: string,
  { key, why, list }: Gathered,
  instances: readonly ShownInstance[],
  more: boolean,
): DeadGroup {
  const platform = instances.find(({ name }) => name === key.instance)?.platform ?? key.instance
  const times = list.map(({ settledAt }) => settledAt)
  const reason = Object.hasOwn(reasons, key.reason) ? reasons[key.reason as keyof typeof reasons].text : key.reason
  return {
    id,
    ...{ instance: key.instance, platform, state: key.state, reason: key.reason },
    why: why || reason,
    fix: fixOf(key, platform, why),
    count: list.length,
    ...(more && { more }),
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    sample: list.slice(-sampleSize).map(({ name, eventId, site }) => ({ event: name, eventId, site })),
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
