import { dayMs } from '../../../shared/limits.ts'
import type { PixelIds } from '../../../shared/pixel-ids.ts'
import type { Fired } from '../../../shared/pixel-state.ts'
import { denialOf } from '../../store/rules.ts'
import type { AppendResult, NewDelivery, Settlement } from '../../store/store.ts'
import { codeOf } from './codes.ts'
import { endName } from './count-names.ts'
import { createErrors, type ErrorWords } from './errors.ts'
import { createHeavy } from './heavy.ts'
import { ackEdges, gapEdges, stepOf } from './histogram.ts'
import { matchKeyNames, sentKeys } from './match-keys.ts'
import { createNames } from './names.ts'
import { createPixels } from './pixels.ts'
import { createQueue, type Births } from './queue.ts'
import { createRecent, joinFired, type CountedEnd, type Remembered } from './recent.ts'
import { createSeries, keptFor, readKey, seriesKey } from './series.ts'
import type { ToldClaim, ToldCopy } from './told.ts'

/** What is kept beside the series, and over a restart with them. */
export interface Facts {
  /** Since when anything was counted, epoch ms. */
  readonly since: number
  readonly errors: readonly ErrorWords[]
  /** Instance and event as one key → when it was last delivered. */
  readonly lastSuccess: Readonly<Record<string, number>>
  readonly births: Readonly<Record<string, Births>>
  /** Site → when its script was last asked for, and when a post of a page last came. */
  readonly scripts: Readonly<Record<string, number>>
  /** Site, platform and a pixel's ID as one key → when a page was last seen to load it. */
  readonly pixels: Readonly<Record<string, number>>
  /** The last post of a page that was refused: where it came from, and the status it got. */
  readonly refusedPost?: { readonly at: number; readonly status: number; readonly origin?: string }
}

export interface TallyDeps {
  readonly platformOf: (instance: string) => string
  /** How long this event waits at this instance for its other copies, ms. */
  readonly holdOf: (site: string, instance: string, event: string, first: ToldClaim['first']) => number
}

/** Names of counts that are made again and again. */
const ackNames = [...ackEdges, 0].map((_, step) => `a:${step}`)
const keyNames = Object.fromEntries(matchKeyNames.map((key) => [key, `k:${key}`]))
const nobody = seriesKey('', '', '')

/** With those known before; no new list where there were none, which is nearly always. */
const namesOf = (deliveries: readonly NewDelivery[], before: readonly string[]): readonly string[] => {
  const told = deliveries.map(({ instance }) => instance)
  return before.length ? [...new Set([...before, ...told])] : told
}

const eventKey = (site: string, name: string, eventId: string): string => `${site}\0${name}\0${eventId}`
export const successKey = (instance: string, event: string): string => `${instance}\0${event}`

/**
 * Counts what becomes of events, over time. It is told of each step and asks nobody. Where several processes share the
 * work each counts what it does itself: a word on a pixel that reaches another process than the one that delivered is
 * counted as it stood at the delivery.
 */
export function createTally({ platformOf, holdOf }: TallyDeps) {
  const series = createSeries()
  const names = createNames()
  const recent = createRecent()
  const heavy = createHeavy()
  let errors = createErrors()
  const queues = new Map<string, ReturnType<typeof createQueue>>()
  const lastSuccess = new Map<string, number>()
  const scripts = new Map<string, number>()
  const pixels = createPixels()
  let refusedPost: Facts['refusedPost']
  let since: number | undefined

  /** The keys of an event's series, made once: they are asked for with every event. */
  const keys = new Map<string, Map<string, Map<string, string>>>()
  function keyFor(site: string, event: string, instance: string): string {
    let ofSite = keys.get(site)
    if (!ofSite) keys.set(site, (ofSite = new Map<string, Map<string, string>>()))
    let ofEvent = ofSite.get(event)
    if (!ofEvent) ofSite.set(event, (ofEvent = new Map<string, string>()))
    let key = ofEvent.get(instance)
    if (key === undefined) ofEvent.set(instance, (key = seriesKey(site, event, instance)))
    return key
  }

  const queueOf = (instance: string) => {
    let queue = queues.get(instance)
    if (!queue) queues.set(instance, (queue = createQueue()))
    return queue
  }

  /** Counts an end in the place of the one that was counted before, if there was one: a replay, a word that came late. */
  function end(known: Remembered, instance: string, next: Omit<CountedEnd, 'name'>): void {
    const ends = (known.ends ??= new Map<string, CountedEnd>())
    const before = ends.get(instance)
    if (before) series.add(before.at, before.series, before.name, -1)
    const pixel = known.fired[next.platform]
    const name = endName({ ...next, pixel })
    series.add(next.at, next.series, name, 1)
    ends.set(instance, { ...next, name })
  }

  /** A later copy may say no to what waits. What is under way is counted anew when its result comes. */
  function deny(known: Remembered, wanted: NewDelivery, place: string, at: number): void {
    const { instance } = wanted
    const ended = known.ends?.get(instance)
    const met = { state: ended?.state ?? 'pending', reason: ended?.reason, isFlying: false, denied: undefined } as const
    const change = known.at === undefined ? undefined : denialOf(met, wanted)
    if (change?.do !== 'suppress') return
    if (!ended) queueOf(instance).ended(undefined, known.at!)
    end(known, instance, {
      ...{ at, series: place, platform: platformOf(instance) },
      ...{ state: 'suppressed', reason: change.reason },
    })
  }

  function told(known: Remembered, fired: Fired | undefined, site: string, at: number): void {
    const next = joinFired(known.fired, fired)
    if (next === known.fired) return
    known.fired = next
    for (const [instance, ended] of known.ends ?? [])
      if (endName({ ...ended, pixel: next[ended.platform] }) !== ended.name) end(known, instance, ended)
    if (known.isBlocked || known.browser === undefined || !Object.values(next).includes('blocked')) return
    known.isBlocked = true
    series.add(at, keyFor(site, '', ''), `x:${known.browser}`, 1)
  }

  return {
    series,
    isShared: (instance: string, event: string, key: string) => heavy.isShared(successKey(instance, event), key),
    gauges: (instance: string, now: number) => queues.get(instance)?.gauges(now) ?? { held: 0, retrying: 0 },

    appended(copies: readonly ToldCopy[], results: readonly AppendResult[], tookMs: number): void {
      const first = copies[0]
      if (!first) return
      since ??= first.at
      series.add(first.at, nobody, ackNames[stepOf(ackEdges, tookMs)]!, 1)
      for (const [index, copy] of copies.entries()) {
        const result = results[index] ?? 'failed'
        if (result === 'failed') continue
        const { site, at } = copy
        const event = names.countedAs(site, copy.name)
        const own = keyFor(site, event, '')
        series.add(at, own, 'received', 1)
        series.add(at, own, result, 1)
        const isNew = result === 'stored'
        const key = eventKey(site, copy.name, copy.eventId)
        if (isNew) {
          series.add(at, own, `c:${copy.consent}`, 1)
          if (copy.browser !== undefined) series.add(at, keyFor(site, '', ''), `b:${copy.browser}`, 1)
        }
        const known = isNew ? recent.open(key, copy.browser, at) : recent.find(key)
        if (!known) continue
        told(known, copy.fired, site, at)
        const before = known.instances ?? []
        for (const wanted of copy.deliveries) {
          const { instance, dueAt, suppressed } = wanted
          const place = keyFor(site, event, instance)
          // What says the same again changes nothing, whatever it wishes for.
          if (result === 'duplicate') continue
          if (before.includes(instance)) {
            deny(known, wanted, place, at)
            continue
          }
          series.add(at, place, 'created', 1)
          if (!suppressed) queueOf(instance).created(at, dueAt)
          else
            end(known, instance, {
              at,
              series: place,
              platform: platformOf(instance),
              state: 'suppressed',
              reason: suppressed,
            })
        }
        if (result !== 'duplicate') known.instances = namesOf(copy.deliveries, before)
      }
    },

    proved(site: string, name: string, eventId: string, fired: Fired, at: number): void {
      const known = recent.find(eventKey(site, name, eventId))
      if (known) told(known, fired, site, at)
    },

    revoked: (site: string, at: number) => series.add(at, keyFor(site, '', ''), 'revoked', 1),

    claimed({ site, name, instance, first, firstAt, attempts }: ToldClaim, now: number): void {
      if (attempts === 0) queueOf(instance).claimed(firstAt + holdOf(site, instance, name, first), now)
    },

    settled(list: readonly (readonly [ToldClaim, Settlement])[], at: number): void {
      since ??= at
      const anyDead = list.some(([, { state }]) => state === 'dead')
      const once = new Set<string>()
      for (const [claim, settlement] of list) {
        const { site, instance } = claim
        const event = names.countedAs(site, claim.name)
        const place = keyFor(site, event, instance)
        const answer = settlement.explanation?.answer
        if (settlement.state === 'retry' || settlement.state === 'dead') {
          const { why } = settlement
          const isRetry = settlement.state === 'retry'
          // Put off without a request, or refused only for a neighbour's fault: nothing went wrong with it.
          const isError = !isRetry || settlement.attempted === true || (answer !== undefined && !anyDead)
          if (isError) {
            const code = errors.note(instance, codeOf(answer, why), why, at)
            // A request that failed is one error, however many events it carried; a refused event is its own.
            if (!isRetry || !once.has(code)) series.add(at, keyFor(site, '', instance), `e:${code}`, 1)
            once.add(code)
          }
          if (isRetry) {
            if (settlement.attempted) {
              series.add(at, place, 'retry', 1)
              queueOf(instance).retried(claim.delivery)
            }
            if (settlement.ambiguous) series.add(at, place, 'ambiguous', 1)
            continue
          }
        }
        const known = recent.open(eventKey(site, claim.name, claim.eventId))
        known.fired = joinFired(known.fired, claim.fired)
        const reason = 'reason' in settlement ? settlement.reason : undefined
        const { state } = settlement as { state: Exclude<Settlement['state'], 'retry'> }
        queueOf(instance).ended(claim.delivery, claim.firstAt)
        end(known, instance, { at, series: place, platform: platformOf(instance), state, ...(reason && { reason }) })
        if (claim.conflict) series.add(at, place, 'conflict', 1)
        if (state !== 'delivered') continue
        const success = successKey(instance, event)
        lastSuccess.set(success, at)
        if (claim.gapMs !== undefined) series.add(at, place, `g:${stepOf(gapEdges, claim.gapMs)}`, 1)
        for (const { key, value } of sentKeys(settlement.explanation?.sent)) {
          series.add(at, place, keyNames[key]!, 1)
          heavy.add(success, key, value)
        }
      }
    },

    /** Events that could not be read as such; they have no name. */
    refusedEvents(site: string, count: number, at: number): void {
      series.add(at, keyFor(site, '', ''), 'received', count)
      series.add(at, keyFor(site, '', ''), 'refused', count)
    },

    /** A post that was refused as a whole. @param origin of the page, as the browser told it */
    refusedRequest(status: number, origin: string | undefined, at: number): void {
      series.add(at, nobody, `r:${status}`, 1)
      refusedPost = { at, status, ...(origin !== undefined && { origin: origin.slice(0, 200) }) }
    },

    /** The script was asked for. */
    served: (site: string, at: number) => void scripts.set(site, at),

    /** A page was seen to load these pixels. */
    pixelsSeen: (site: string, seen: PixelIds, at: number) => pixels.note(site, seen, at),

    facts: (now: number): Facts => ({
      since: since ?? now,
      errors: errors.list(),
      lastSuccess: Object.fromEntries(lastSuccess),
      births: Object.fromEntries([...queues].map(([instance, queue]) => [instance, queue.births()])),
      scripts: Object.fromEntries(scripts),
      pixels: pixels.list(),
      ...(refusedPost && { refusedPost }),
    }),

    /** What an earlier run of this process left: before anything is counted. */
    restore(facts: Facts): void {
      since = facts.since
      errors = createErrors(facts.errors)
      for (const [key, at] of Object.entries(facts.lastSuccess)) lastSuccess.set(key, at)
      for (const [site, at] of Object.entries(facts.scripts)) scripts.set(site, at)
      pixels.restore(facts.pixels)
      for (const [instance, births] of Object.entries(facts.births)) queues.set(instance, createQueue(births))
      refusedPost = facts.refusedPost
    },

    prune(now: number): void {
      series.prune(now)
      keys.clear()
      errors.prune(now - keptFor.hour)
      pixels.prune(now)
      for (const queue of queues.values()) queue.prune(now - 31 * dayMs)
      const used = [...series.hour.values()].flatMap((bucket) => [...bucket.keys()].map(readKey))
      names.keep(used)
      const isUsed = new Set(used.map(({ instance, event }) => successKey(instance, event)))
      for (const key of lastSuccess.keys()) if (!isUsed.has(key)) lastSuccess.delete(key)
    },
  }
}
export type Tally = ReturnType<typeof createTally>
