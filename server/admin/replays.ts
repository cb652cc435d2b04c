import type { Done } from '../dashboard/index.ts'
import { endedPages, idOf, isDiscarded, keyOf, type Discarded } from '../dashboard/read/dead.ts'
import type { Writes } from '../dashboard/shapes.ts'
import { mayReplay } from '../deliver/replay.ts'
import type { SiteInstance } from '../site.ts'
import type { Ended, Store } from '../store/store.ts'

type ReplayStore = Pick<Store, 'ended' | 'replay' | 'note' | 'noted'>

export interface ReplayDeps {
  readonly store: ReplayStore
  readonly instances: () => readonly SiteInstance[]
  readonly now: () => number
  /** Something of this instance is due. */
  readonly nudge: (instance: string, at: number) => void
}

const noteName = 'discarded'
const mostDiscarded = 200

const events = (count: number): string => (count === 1 ? 'One event is' : `${count} events are`)

/** Sends ended deliveries again by hand, and puts groups of them aside. */
export function createReplays({ store, instances, now, nudge }: ReplayDeps) {
  async function discarded(): Promise<readonly Discarded[]> {
    try {
      const value = JSON.parse((await store.noted(noteName)) ?? '[]') as unknown
      return Array.isArray(value) ? (value as readonly Discarded[]) : []
    } catch {
      return []
    }
  }

  async function again(list: readonly Ended[], forced: boolean): Promise<{ tried: number; kept: Map<string, number> }> {
    const kept = new Map<string, number>()
    const at = now()
    const good = list.filter((ended) => {
      const refusal = mayReplay(ended, instances(), at, forced)
      if (refusal !== undefined) kept.set(refusal, (kept.get(refusal) ?? 0) + 1)
      return refusal === undefined
    })
    const numbers = good.map(({ delivery }) => delivery)
    const tried = numbers.length ? await store.replay(numbers, { forced }, at) : 0
    for (const instance of new Set(good.map((one) => one.instance))) nudge(instance, at)
    return { tried, kept }
  }

  return {
    discarded,

    async resend({ site, event, event_id: eventId, instance }: Writes['resend']): Promise<Done> {
      const pages = await Promise.all([
        store.ended({ eventId, instance }, 500),
        store.ended({ eventId, instance, state: 'suppressed' }, 500),
      ])
      const found = pages.flat().filter((one) => one.site === site && one.name === event)
      if (!found.length)
        return { refused: 'It waits, was delivered, or its body is gone by now: there is nothing to send again.' }
      const { tried, kept } = await again(found, false)
      const [why] = kept.keys()
      return tried > 0 ? { done: 'It is tried again now.' } : { refused: why ?? 'It is on its way already.' }
    },

    async replay({ group, forced }: Writes['replay']): Promise<Done> {
      const aside = await discarded()
      let tried = 0
      const kept = new Map<string, number>()
      for await (const page of endedPages(store, {})) {
        const own = page.filter((one) => idOf(keyOf(one)) === group && !isDiscarded(aside, group, one))
        const came = await again(own, forced)
        tried += came.tried
        for (const [why, n] of came.kept) kept.set(why, (kept.get(why) ?? 0) + n)
      }
      const rest = [...kept].map(([why, n]) => `${n} not: ${why}`)
      if (!tried) return { refused: rest.join(' ') || 'There is no such group any more.' }
      return { done: [`${events(tried)} tried again.`, ...rest].join(' ') }
    },

    /** The group is shown no more, and no replay of it takes them; the bodies go with their time, within seven days. */
    async discard({ group, reason }: Writes['discard']): Promise<Done> {
      let count = 0
      const aside = await discarded()
      for await (const page of endedPages(store, {}))
        count += page.filter((one) => idOf(keyOf(one)) === group && !isDiscarded(aside, group, one)).length
      if (!count) return { refused: 'There is no such group any more.' }
      const next = [...aside.filter(({ id }) => id !== group), { id: group, before: now(), reason }]
      await store.note(noteName, JSON.stringify(next.slice(-mostDiscarded)))
      return { done: `${events(count)} put aside. They are forgotten within seven days of their end.` }
    },
  }
}
