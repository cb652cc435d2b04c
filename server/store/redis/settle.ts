import { endOf, reopenUntil } from '../rules.ts'
import type { Settlement } from '../store.ts'
import { beforeOf, type Item, type Op, opsOf } from './change.ts'
import type { Held, OwnClaim, OwnClaims } from './claims.ts'
import { byShard, type Ground, mostTries, put } from './ground.ts'
import { isPending, type Sums } from './ledger.ts'
import { copyOf } from './record.ts'
import type { Reserving } from './reserve.ts'
import { shardCount } from './shards.ts'

/** What a platform answered is dear: while a shard is away it is tried again for so long, well within a lease. */
const patienceMs = 10_000
const againMs = 250

interface Settling {
  readonly result: Settlement
  readonly held: Held
}

export function createSettle(ground: Ground, own: OwnClaims, { release }: Pick<Reserving, 'release'>) {
  const { explanationMs } = ground

  function itemOf({ result, held }: Settling, claim: OwnClaim, offset: number, now: number): Item | undefined {
    const event = copyOf(held.stored.event)
    const before = beforeOf(event)
    const row = event.deliveries.find(({ instance }) => instance === claim.instance)
    if (!row || !isPending(row)) return undefined
    const { denied, flight } = row
    const end = endOf(result, { denied, flight, before: held.before, copies: event.copies.length }, now)
    Object.assign(row, {
      state: end.state,
      dueAt: end.dueAt ?? row.dueAt,
      held: false,
      attempts: row.attempts + (result.attempted ? 1 : 0),
      firstAttemptAt: row.firstAttemptAt ?? (result.attempted ? now : undefined),
      flight: end.flight,
      ambiguous: row.ambiguous - (end.isUncounted ? 1 : 0),
      reason: end.reason,
      why: end.why,
      trace: end.trace,
      settledAt: end.isFinal ? now : undefined,
      reopenUntil: reopenUntil(end.state, end.reason, now) ?? undefined,
      denied: undefined,
    } satisfies Partial<typeof row>)
    const sums: Sums = end.isUncounted ? { ambiguous: -1 } : {}
    const ops = opsOf(before, event, { now, offset, sums, settled: claim.instance })
    return {
      id: held.id,
      want: held.stored.version,
      claim: { instance: claim.instance, token: claim.token, live: false },
      event,
      ops: event.erased ? ops : [...ops, ...explained(result, held.delivery, now)],
    }
  }

  /** Redis forgets it by itself; its time goes along for stores whose time is not Redis'. */
  const explained = ({ explanation }: Settlement, delivery: number, now: number): Op[] =>
    explanation && explanationMs > 0
      ? [['X', delivery.toString(36), `${now} ${JSON.stringify(explanation)}`, explanationMs]]
      : []

  /** One round: those that changed in the meantime, to be tried again, and those that counted. */
  async function round(open: readonly Settling[], claim: OwnClaim, now: number) {
    const again: Settling[] = []
    const settled: Settling[] = []
    let fault: Error | undefined
    await Promise.all(
      byShard(ground, open, ({ held }) => held.shard).map(async ({ shard, group }) => {
        const made = group.flatMap((one) => {
          const item = itemOf(one, claim, shard.offset, now)
          return item ? [{ one, item }] : []
        })
        if (!made.length) return
        try {
          const answers = await put(
            ground,
            shard,
            'change',
            now,
            made.map(({ item }) => item),
          )
          made.forEach(({ one }, index) => {
            const answer = answers[index]
            if (answer?.is === 'done') settled.push(one)
            else if (answer?.is === 'there') {
              one.held.stored = answer.stored
              again.push(one)
            }
          })
        } catch (error) {
          fault = error instanceof Error ? error : new Error(String(error))
          again.push(...group)
        }
      }),
    )
    return { again, settled, fault }
  }

  /** What was refused is not there, so another delivery may bring it, unless an answer to an earlier request was lost. */
  async function giveBack({ result, held }: Settling, { instance }: OwnClaim, now: number): Promise<void> {
    if (result.state !== 'dead' || !result.release?.length) return
    const row = held.stored.event.deliveries.find((one) => one.instance === instance)
    // A reservation that stays by a fault of Redis keeps the event from going twice: no reason to fail what is settled.
    if (row && row.ambiguous === 0) await release(held, result.release, now).catch(() => undefined)
  }

  async function settleAll(all: readonly Settling[], claim: OwnClaim, now: number): Promise<number> {
    const end = Date.now() + patienceMs
    let open = all
    let settled = 0
    for (let tries = 0; open.length && tries < mostTries; tries++) {
      const done = await round(open, claim, now)
      settled += done.settled.length
      for (const { held } of done.settled) own.drop(claim.token, held.delivery)
      await Promise.all(done.settled.map((one) => giveBack(one, claim, now)))
      open = done.again
      if (done.fault === undefined) continue
      if (Date.now() > end) throw done.fault
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
    return settled
  }

  const countStale = async (results: readonly Settlement[]): Promise<void> => {
    for (const { shard, group } of byShard(ground, results, ({ delivery }) => Math.floor(delivery / 256) % shardCount))
      await ground.client.hincrby(`${shard.meta.slice(0, -1)}t`, 'stale', group.length).catch(() => undefined)
  }

  return async (token: string, results: readonly Settlement[], now: number): Promise<boolean> => {
    const claim = own.get(token)
    if (!results.length) return claim !== undefined
    const known = results.flatMap((result): Settling[] => {
      const held = claim?.held.get(result.delivery)
      return held ? [{ result, held }] : []
    })
    const settled = claim && known.length ? await settleAll(known, claim, now) : 0
    for (const { result } of known) own.drop(token, result.delivery)
    const stale = results.length - settled
    if (stale > 0) {
      const isKnown = new Set(known.map(({ result }) => result))
      const unknown = results.filter((result) => !isKnown.has(result))
      await countStale([...unknown, ...known.slice(0, stale - unknown.length).map(({ result }) => result)])
    }
    return settled > 0
  }
}
