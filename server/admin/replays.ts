import type { Done } from '../dashboard/index.ts'
import { endedPages, idOf, keyOf } from '../dashboard/read/dead.ts'
import type { Writes } from '../dashboard/shapes.ts'
import { mayReplay } from '../deliver/replay.ts'
import type { SiteInstance } from '../site.ts'
import type { Ended, Store } from '../store/store.ts'

type ReplayStore = Pick<Store, 'ended' | 'endings' | 'replay' | 'discard'>

/** In one transaction. */
const discardedAtOnce = 500

export interface ReplayDeps {
  readonly store: ReplayStore
  readonly instances: () => readonly SiteInstance[]
  readonly now: () => number
  /** Something of this instance is due. */
  readonly nudge: (instance: string, at: number) => void
}

const events = (count: number): string => (count === 1 ? 'One event is' : `${count} events are`)

/** Sends ended deliveries again by hand, and discards groups of them. */
export function createReplays({ store, instances, now, nudge }: ReplayDeps) {
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
      let tried = 0
      const kept = new Map<string, number>()
      for await (const page of endedPages(store, {})) {
        const own = page.filter((one) => idOf(keyOf(one)) === group)
        const came = await again(own, forced)
        tried += came.tried
        for (const [why, n] of came.kept) kept.set(why, (kept.get(why) ?? 0) + n)
      }
      const rest = [...kept].map(([why, n]) => `${n} not: ${why}`)
      if (!tried) return { refused: rest.join(' ') || 'There is no such group any more.' }
      return { done: [`${events(tried)} tried again.`, ...rest].join(' ') }
    },

    /** Nobody can try the group again; what was kept of its events goes at once, and each says the reason. */
    async discard({ group, reason }: Writes['discard']): Promise<Done> {
      let count = 0
      const why = `Discarded by hand: ${reason.trim().replace(/[^.!?…]$/, '$&.')}`
      for await (const portion of store.endings()) {
        const own = portion.filter((one) => idOf(keyOf(one)) === group).map(({ delivery }) => delivery)
        for (let at = 0; at < own.length; at += discardedAtOnce)
          count += await store.discard(own.slice(at, at + discardedAtOnce), why, now())
      }
      return count
        ? { done: `${events(count)} discarded, and what was kept of them is gone.` }
        : { refused: 'There is no such group any more.' }
    },
  }
}
