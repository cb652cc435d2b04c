import { minuteMs } from '../../shared/limits.ts'
import type { Destination, HttpRequest, HttpResponse, InstanceSettings, Outcome } from '../destinations/destination.ts'
import { settingsAt } from '../destinations/test-mode.ts'
import type { Claim, Claimed, Settlement, Store } from '../store/store.ts'
import { backoffMs } from './backoff.ts'
import { borrowClicks } from './borrow.ts'
import { createGate, type GateState } from './gate.ts'
import { plainWords } from './mask.ts'
import { prepare, type Prepared, type Ready } from './prepare.ts'
import { putOff, settlementOf } from './settle.ts'
import type { Send } from './send.ts'

const leaseMs = 30_000
/** An event that our own code stumbles over waits this long, so that it holds up nobody. */
const stumbleMs = 15 * minuteMs
/** Looks at the store at least this often, whatever it said of the next due time; where others fill it, more often. */
const idleMs = { own: 5000, shared: 1000 } as const

export interface LaneDeps {
  readonly store: Store
  readonly send: Send
  readonly now: () => number
  readonly random: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

export interface Lane {
  readonly instance: InstanceSettings
  readonly state: GateState
  /** Something may be due at this time: look then at the latest. */
  nudge(at: number): void
  start(): void
  /** Finishes the request under way, then rests. */
  stop(): Promise<void>
}

/** One instance's deliveries, one request at a time. Lanes share nothing, so one's trouble never delays another's. */
export function createLane(instance: InstanceSettings, destination: Destination, deps: LaneDeps): Lane {
  const { store, now, log } = deps
  const gate = createGate(deps.random)
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  /** Earliest due time told since the last look at the store. */
  let nudgedAt = Infinity
  let wake: () => void = () => undefined
  /** Delivery → how many of its answers nobody could read. A restart begins anew. */
  const unread = new Map<number, number>()

  const report = (error: unknown) =>
    log({ level: 'error', instance: instance.name, message: error instanceof Error ? error.message : String(error) })

  /** Until a time, or until somebody wakes us. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function restUntil(at: () => number): Promise<void> {
    while (!stopping && now() < at()) await rest(at() - now())
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await restUntil(gate.opensAt)
        if (stopping) return
        nudgedAt = Infinity
        const limit = gate.probing() ? 1 : destination.batchSize(settingsAt(instance, now()))
        const claim = await store.claim(instance.name, limit, leaseMs, now())
        if (claim.deliveries.length) await deliver(claim)
        else {
          const next = Math.min(claim.nextDueAt ?? Infinity, now() + (store.isShared ? idleMs.shared : idleMs.own))
          await restUntil(() => Math.min(next, nudgedAt))
        }
      } catch (error) {
        // The store is out of reach: nothing is lost, claims end by themselves.
        report(error)
        const again = now() + 1000
        await restUntil(() => again)
      }
    }
  }

  async function deliver({ token, deliveries }: Claim): Promise<void> {
    const prepared = (await borrowClicks(store, deliveries, report)).map(prepareAlone)
    const settled = prepared.flatMap((one) => ('settlement' in one ? [one.settlement] : []))
    if (settled.length) await settle(token, settled)
    let ready = prepared.flatMap((one) => ('ready' in one ? [one.ready] : []))
    if (!ready.length) return
    // One time for both: a claim that ended (the machine slept, the clock was set) must not read as keys that are taken.
    const at = now()
    if (!(await store.renew(token, leaseMs, at))) return
    const taken = await store.reserve(
      token,
      ready.map(({ delivery, reservations }) => ({ delivery: delivery.delivery, keys: reservations })),
      at,
    )
    if (taken.length) {
      await settle(
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
    if (ready.length) await sendBatch(token, ready)
  }

  function prepareAlone(claimed: Claimed): Prepared {
    try {
      return prepare(claimed, settingsAt(instance, now()), destination, now())
    } catch (error) {
      report(error)
      return { settlement: putOff(claimed, now() + stumbleMs, 'Our own code stumbled over this event; see the log.') }
    }
  }

  /** One request; a batch refused without a name is split in halves until the bad event stands alone. */
  async function sendBatch(token: string, batch: readonly Ready[]): Promise<void> {
    await store.renew(token, leaseMs, now())
    // A half that comes after a word to stop or to wait obeys it.
    if (gate.opensAt() > now()) {
      const why = 'The request was put off: the platform had just asked for a pause.'
      return settle(
        token,
        batch.map(({ delivery }) => putOff(delivery, gate.opensAt(), why)),
      )
    }
    if (stopping || !(await store.stillMine(token, now()))) {
      const why = 'The request was put off: the collector stopped, or its claim had ended.'
      return settle(
        token,
        batch.map(({ delivery }) => putOff(delivery, now(), why)),
      )
    }
    const request = destination.request(
      batch.map(({ payload }) => payload),
      settingsAt(instance, now()),
    )
    // What a platform would refuse as too large is halved before it is asked.
    if (batch.length > 1 && Buffer.byteLength(request.body) > (destination.limits.batch.bytes ?? Infinity))
      return sendHalves(token, batch)
    const { outcomes, answer, written } = await exchange(request, batch)
    gate.note(outcomes, now())
    const results: Settlement[] = []
    const split: Ready[] = []
    batch.forEach((one, index) => {
      const outcome = outcomes[index] ?? { kind: 'retry', why: 'The answer had no word on this event.' }
      if (outcome.kind === 'rejected' && outcome.unsure && batch.length > 1) return void split.push(one)
      const unreadable = countUnread(one, outcome)
      const wait = (hint: number | undefined) => waitFor(one, outcome, hint)
      results.push(settlementOf(one, outcome, { answer, written, unreadable, now: now(), wait }))
    })
    if (results.length) await settle(token, results)
    await sendHalves(token, split)
  }

  async function sendHalves(token: string, batch: readonly Ready[]): Promise<void> {
    const half = Math.ceil(batch.length / 2)
    for (const part of [batch.slice(0, half), batch.slice(half)]) if (part.length) await sendBatch(token, part)
  }

  const waitFor = (one: Ready, outcome: Outcome, hint: number | undefined): number =>
    outcome.kind === 'retry' && outcome.innocent ? 0 : backoffMs(one.delivery.attempts, deps.random(), hint)

  function countUnread({ delivery: { delivery } }: Ready, outcome: Outcome): number {
    const count = (unread.get(delivery) ?? 0) + (outcome.kind === 'retry' && outcome.unreadable ? 1 : 0)
    if (outcome.kind === 'retry' && count) unread.set(delivery, count)
    else unread.delete(delivery)
    return count
  }

  async function exchange(request: HttpRequest, batch: readonly Ready[]) {
    const sent = await deps.send(request, batch.length)
    if ('failed' in sent) {
      const why = `No answer: ${sent.failed}`
      return { outcomes: batch.map((): Outcome => ({ kind: 'retry', why })), answer: undefined, written: sent.written }
    }
    const words = plainWords(sent.answer.body, instance.access_token)
    return { outcomes: read(sent.answer, batch), answer: { status: sent.answer.status, words }, written: true }
  }

  function read(answer: HttpResponse, batch: readonly Ready[]): readonly Outcome[] {
    try {
      return destination.respond(
        answer,
        batch.map(({ payload }) => payload),
      )
    } catch (error) {
      report(error)
      return batch.map(() => ({ kind: 'retry', why: 'Our own code stumbled over the answer.', unreadable: true }))
    }
  }

  async function settle(token: string, results: readonly Settlement[]): Promise<void> {
    for (const result of results) {
      const reason = 'reason' in result ? result.reason : undefined
      log({ instance: instance.name, delivery: result.delivery, state: result.state, ...(reason && { reason }) })
    }
    await store.settle(token, results, now())
  }

  return {
    instance,
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
