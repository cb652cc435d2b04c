import { hourMs, minuteMs } from '../../shared/limits.ts'
import { crashAt } from '../crash-points/index.ts'
import type { Destination, HttpRequest, InstanceSettings, Outcome } from '../destinations/destination.ts'
import { settingsAt } from '../destinations/test-mode.ts'
import { hasToken, noToken } from '../destinations/token.ts'
import type { Claim, Claimed, Settlement, Store } from '../store/store.ts'
import { backoffMs } from './backoff.ts'
import { createBatchSize } from './batch-size.ts'
import { borrowClicks } from './borrow.ts'
import type { Clock } from './clock.ts'
import { createGate, type GateState } from './gate.ts'
import { haltedMs, noteHalt, parseHalts, type Halt } from './halts.ts'
import { plainWords } from './mask.ts'
import { prepare, type Prepared, type Ready } from './prepare.ts'
import { readAnswer } from './read-answer.ts'
import { createRest } from './rest.ts'
import { haltedMs as againMs, putOff, settlementOf } from './settle.ts'
import type { Send } from './send.ts'
import { createUnread } from './unread.ts'

const leaseMs = 30_000
/** A request takes ten seconds at most, so a lease that is no older than this outlives it. */
const freshMs = 5000
/** An event that our own code stumbles over waits this long, so that it holds up nobody. */
const stumbleMs = 15 * minuteMs
/** While the clocks part, what would expire waits this long before it is looked at again. */
const partedMs = minuteMs
/** Nobody asks a lane to wait longer than an hour: more is what a clock that was set back left behind. */
const longestRestMs = hourMs + 15 * minuteMs
/** Looks at the store at least this often, whatever it said of the next due time; where others fill it, more often. */
const idleMs = { own: 5000, shared: 1000 } as const

export interface LaneDeps {
  readonly store: Store
  readonly send: Send
  readonly clock: Clock
  readonly random: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

export interface Lane {
  readonly instance: InstanceSettings
  /** New settings, from the next request on; a lane that waits looks at once whether they help. */
  update(instance: InstanceSettings): void
  readonly state: GateState
  /** Something may be due at this time: look then at the latest. */
  nudge(at: number): void
  start(): void
  /** Finishes the request under way, then rests. */
  stop(): Promise<void>
}

/** One instance's deliveries, one request at a time. Lanes share nothing, so one's trouble never delays another's. */
export function createLane(given: InstanceSettings, destination: Destination, deps: LaneDeps): Lane {
  const { store, clock, log } = deps
  const { now, due } = clock
  let instance = given
  const gate = createGate(deps.random)
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  /** Earliest due time told since the last look at the store. */
  let nudgedAt = Infinity
  const countUnread = createUnread()
  const size = createBatchSize(destination)

  /** Results on their way to the store: the next claim goes with them, in one transaction. */
  let settling: Promise<unknown> = Promise.resolve()

  /** Times in which this lane was halted, as the store keeps them over a restart. */
  let halts: readonly Halt[] | undefined
  const haltsNote = `halts ${given.name}`

  async function noteState(): Promise<void> {
    const next = noteHalt(halts ?? [], gate.state().state === 'halted', now())
    if (next === halts) return
    halts = next
    await store.note(haltsNote, JSON.stringify(next))
  }

  const report = (fault: unknown) =>
    log({ level: 'error', instance: instance.name, message: fault instanceof Error ? fault.message : String(fault) })

  const { rest, wake } = createRest()

  /** Nobody need be asked to know that a lane without a token is halted, and that a first one ends that. */
  function lookAtToken(hadToken: boolean): void {
    if (!hasToken(instance)) gate.note([noToken], due())
    else if (hadToken) gate.tryNow()
    else gate.reset()
  }
  if (!hasToken(given)) lookAtToken(false)

  /** When the gate opens; a time no pause can reach was set by a wrong clock, and is dropped. */
  function opensAt(): number {
    if (gate.opensAt() - due() >= longestRestMs) gate.tryNow()
    return gate.opensAt()
  }

  async function restUntil(at: () => number): Promise<void> {
    for (let left = at() - due(); !stopping && left > 0 && left < longestRestMs; left = at() - due()) await rest(left)
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        halts ??= parseHalts(await store.noted(haltsNote))
        await restUntil(opensAt)
        if (stopping) break
        nudgedAt = Infinity
        const limit = gate.probing() ? 1 : size.of(settingsAt(instance, now()))
        crashAt('C4')
        const claim = await claimNext(limit)
        size.claimed(claim.deliveries.length, limit)
        if (claim.deliveries.length) await deliver(claim)
        else {
          const next = Math.min(claim.nextDueAt ?? Infinity, due() + (store.isShared ? idleMs.shared : idleMs.own))
          await restUntil(() => Math.min(next, nudgedAt))
        }
      } catch (error) {
        // The store is out of reach: nothing is lost, claims end by themselves.
        report(error)
        const again = due() + 1000
        await restUntil(() => again)
      }
    }
    await settling.catch(report)
  }

  /** Results that could not be written are asked for again when their lease ends: that is no fault of the claim's. */
  async function claimNext(limit: number): Promise<Claim> {
    const settled = settling.catch(report)
    settling = Promise.resolve()
    return (await Promise.all([store.claim(instance.name, limit, leaseMs, due()), settled]))[0]
  }

  async function deliver({ token, deliveries }: Claim): Promise<void> {
    const prepared = (await borrowClicks(store, deliveries, report)).map(prepareAlone)
    const settled = prepared.flatMap((one) => ('settlement' in one ? [one.settlement] : []))
    if (settled.length) settle(token, settled)
    let ready = prepared.flatMap((one) => ('ready' in one ? [one.ready] : []))
    if (!ready.length) return
    if (!hasToken(instance)) return waitForToken(token, ready)
    // One time for both: a claim that ended (the machine slept, the clock was set) must not read as keys that are taken.
    const at = due()
    const [isMine, taken] = await Promise.all([
      store.renew(token, leaseMs, at),
      store.reserve(
        token,
        ready.map(({ delivery, reservations }) => ({ delivery: delivery.delivery, keys: reservations })),
        at,
      ),
    ])
    if (!isMine) return
    if (taken.length) {
      settle(
        token,
        taken.map((delivery) => ({
          delivery,
          state: 'suppressed' as const,
          reason: 'already_sent' as const,
          why: 'This event ID, or this order, was already sent to the platform.',
        })),
      )
      ready = ready.filter(({ delivery }) => !taken.includes(delivery.delivery))
    }
    if (ready.length) await sendBatch(token, ready, at)
  }

  /** As after a refusal of our account, but nothing is written, nor reserved. */
  async function waitForToken(token: string, ready: readonly Ready[]): Promise<void> {
    gate.note([noToken], due())
    await noteState()
    putOffAll(token, ready, due() + againMs, noToken.why)
  }

  const putOffAll = (token: string, batch: readonly Ready[], at: number, why: string): void =>
    settle(
      token,
      batch.map(({ delivery }) => putOff(delivery, at, why)),
    )

  function prepareAlone(claimed: Claimed): Prepared {
    try {
      const at = due() // by a clock that was set back, events would lie in the future
      const pausedMs = (since: number) => haltedMs(halts ?? [], since, at)
      const prepared = prepare(claimed, settingsAt(instance, at), destination, at, pausedMs)
      if (!('settlement' in prepared) || prepared.settlement.state !== 'expired' || !clock.partedMs()) return prepared
      const why = 'Its time has passed, if the clock is right; it was set a moment ago, so nothing expires for an hour.'
      return { settlement: putOff(claimed, at + partedMs, why) }
    } catch (error) {
      report(error)
      return { settlement: putOff(claimed, now() + stumbleMs, 'Our own code stumbled over this event; see the log.') }
    }
  }

  /** One request; a batch refused without a name is split in halves until the bad event stands alone. */
  async function sendBatch(token: string, batch: readonly Ready[], renewedAt = -Infinity): Promise<void> {
    // What was renewed and reserved a moment ago is ours for long enough.
    const isFresh = due() >= renewedAt && due() - renewedAt < freshMs
    if (!isFresh) await store.renew(token, leaseMs, due())
    // A half that comes after a word to stop or to wait obeys it.
    if (opensAt() > due())
      return putOffAll(token, batch, opensAt(), 'The request was put off: the platform had just asked for a pause.')
    if (stopping || !(isFresh || (await store.stillMine(token, due()))))
      return putOffAll(token, batch, now(), 'The request was put off: the collector stopped, or its claim had ended.')
    const request = destination.request(
      batch.map(({ payload }) => payload),
      settingsAt(instance, now()),
    )
    // What a platform would refuse as too large is halved before it is asked.
    if (batch.length > 1 && Buffer.byteLength(request.body) > (destination.limits.batch.bytes ?? Infinity))
      return sendHalves(token, batch)
    crashAt('C5')
    const { outcomes, answer, written } = await exchange(request, batch)
    crashAt('C7')
    // One time for the gate and for all of the batch, so that they fall due together when it opens.
    const at = due()
    gate.note(outcomes, at)
    size.answered(outcomes)
    await noteState()
    const isHeld = instance.on_ambiguous === 'hold'
    const results: Settlement[] = []
    const split: Ready[] = []
    batch.forEach((one, index) => {
      const outcome = outcomes[index] ?? { kind: 'retry', why: 'The answer had no word on this event.' }
      if (outcome.kind === 'rejected' && outcome.unsure && batch.length > 1) return void split.push(one)
      const unreadable = countUnread(one.delivery.delivery, outcome)
      const wait = (hint: number | undefined) => waitFor(one, outcome, hint)
      results.push(settlementOf(one, outcome, { answer, written, unreadable, isHeld, now: at, wait }))
    })
    if (results.length) settle(token, results)
    await sendHalves(token, split)
  }

  async function sendHalves(token: string, batch: readonly Ready[]): Promise<void> {
    const half = Math.ceil(batch.length / 2)
    for (const part of [batch.slice(0, half), batch.slice(half)]) {
      if (!part.length) continue
      await settling.catch(report) // what was said of the others is kept before the next request
      await sendBatch(token, part)
      await settling.catch(report)
      crashAt('C8')
    }
  }

  const waitFor = (one: Ready, outcome: Outcome, hint: number | undefined): number =>
    outcome.kind === 'retry' && outcome.innocent ? 0 : backoffMs(one.delivery.attempts, deps.random(), hint)

  async function exchange(request: HttpRequest, batch: readonly Ready[]) {
    const sent = await deps.send(request, batch.length)
    if ('failed' in sent) {
      const why = `No answer: ${sent.failed}`
      return { outcomes: batch.map((): Outcome => ({ kind: 'retry', why })), answer: undefined, written: sent.written }
    }
    const words = plainWords(sent.answer.body, instance.access_token)
    return {
      outcomes: readAnswer(destination, sent.answer, batch, report),
      answer: { status: sent.answer.status, words },
      written: true,
    }
  }

  /** Nothing waits for it but the next claim. */
  function settle(token: string, results: readonly Settlement[]): void {
    for (const result of results) {
      const reason = 'reason' in result ? result.reason : undefined
      log({ instance: instance.name, delivery: result.delivery, state: result.state, ...(reason && { reason }) })
    }
    settling = Promise.all([settling, store.settle(token, results, now())])
    settling.catch(() => undefined) // told by who waits for it
  }

  return {
    get instance() {
      return instance
    },
    update(next) {
      const hadToken = hasToken(instance)
      instance = next
      lookAtToken(hadToken)
      wake()
    },
    get state() {
      return gate.state()
    },
    nudge(at) {
      nudgedAt = Math.min(nudgedAt, at)
      wake()
    },
    start() {
      running = loop()
    },
    async stop() {
      stopping = true
      wake()
      await running
    },
  }
}
