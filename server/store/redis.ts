import type { KeyObject } from 'node:crypto'
import { PairpixelError } from '../../shared/errors.ts'
import { dayMs, rememberKeysMs } from '../../shared/limits.ts'
import { createAppend } from './redis/append.ts'
import { createCalls, type Shard } from './redis/calls.ts'
import { createClaim } from './redis/claim.ts'
import { OwnClaims } from './redis/claims.ts'
import { connect } from './redis/client.ts'
import type { LeastDurability } from './redis/durability.ts'
import { faultOf } from './redis/faults.ts'
import { asSecret, type Ground } from './redis/ground.ts'
import { createNotes } from './redis/notes.ts'
import { createPeople } from './redis/people.ts'
import { createProofs } from './redis/proofs.ts'
import { createPulse } from './redis/pulse.ts'
import { createRead } from './redis/read.ts'
import { createReplay } from './redis/replay.ts'
import { createReserve } from './redis/reserve.ts'
import { createSettle } from './redis/settle.ts'
import { tagsOf } from './redis/shards.ts'
import { createTidy } from './redis/tidy.ts'
import { parseRedisUrl } from './redis/url.ts'
import { createVault } from './redis/vault.ts'
import { createVisits } from './redis/visits.ts'
import type { AppendResult, Sighting, Store } from './store.ts'

export interface RedisStoreOptions {
  readonly url: string
  /** The least durability that is taken; with less, nothing is stored. */
  readonly least?: LeastDurability
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void
  /** `caller`: time is what callers say it is, not Redis' own. For tests. */
  readonly clock?: 'redis' | 'caller'
  /** The clock callers tell their times by; Redis' own is told apart from it. */
  readonly now?: () => number
}

/** At the start Redis is waited for this long; then the store is opened without it, and is not writable. */
const firstMs = 2500
/** A call that is not answered by then is told as failed: its sender shall hear of it in 2.5 s. */
const patienceMs = 2200
/** Copies under way at most; memory must not grow with Redis' silence. */
const mostWaiting = 50_000

/** Room is a reason to remember less, but nobody may come to it unawares: it is one of the promises. */
const shortMemory = (rememberMs: number): readonly string[] =>
  rememberMs >= rememberKeysMs
    ? []
    : [
        `Events are remembered for ${rememberMs / dayMs} days only (remember in the address of the store), not for ${rememberKeysMs / dayMs}: ` +
          'one that is told again later counts as new, and is sent again.',
      ]

const neverReached: Shard['fault'] = { kind: 'away', why: 'Redis was not reached yet.' }

/**
 * The store that many processes share: Redis, or Redis Cluster. Resolves without Redis too, which it goes on looking for;
 * throws for what only an operator can mend: settings, a foreign schema, too little durability.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, least, log = () => undefined, clock = 'redis', now = Date.now } = options
  const target = parseRedisUrl(url)
  const client = connect(target)
  const shards = tagsOf(target.prefix).map((tag, index): Shard => {
    return { index, meta: `{${tag}}m`, epoch: undefined, fault: neverReached, offset: 0, made: 0 }
  })
  let secret: KeyObject | undefined
  const calls = createCalls(client, {
    clock,
    replicas: target.replicas,
    noteFault(shard, fault) {
      // One server holds all shards, unless it is a cluster.
      for (const ill of target.isCluster ? [shard] : shards) ill.fault ??= fault
      pulse.hurry()
    },
  })
  const onSecret = (text: string) => (secret = asSecret(text))
  const pulse = createPulse({ client, shards, calls, replicas: target.replicas, least, clock, now, log, onSecret })
  const ground: Ground = {
    client,
    calls,
    shards,
    clock,
    explanationMs: target.explanationMs,
    rememberMs: target.rememberMs,
    secret() {
      if (!secret) throw new PairpixelError('STORE_UNAVAILABLE', 'Redis was not reached yet.')
      return secret
    },
    loss: pulse.loss,
  }
  const short = shortMemory(target.rememberMs)
  for (const message of short) log({ level: 'warn', message })
  await pulse.start(firstMs)
  const refused = pulse.refused()
  if (refused) {
    pulse.stop()
    client.disconnect()
    throw refused
  }

  const own = new OwnClaims()
  const proofs = createProofs(ground)
  const visits = createVisits(ground)
  const claims = createClaim(ground, own)
  const reserving = createReserve(ground, own)
  const settle = createSettle(ground, own, reserving)
  const notes = createNotes(ground)
  const housekeeping = createTidy(ground)
  const vault = createVault(ground)
  const people = createPeople(ground, vault, visits)
  const copies = createAppend(ground, proofs, visits, people)
  await people.start()
  let tidiedAt = 0
  const reading = createRead(ground, () => tidiedAt)
  const trying = createReplay(ground, reading.withId, () => tidiedAt)
  let closing: Promise<void> | undefined

  const unavailable = (why: string, cause?: unknown) => new PairpixelError('STORE_UNAVAILABLE', why, { cause })

  /** Whatever a part throws because of Redis says so, and a store that may not be used is not. */
  async function use<T>(work: () => Promise<T>): Promise<T> {
    if (closing) throw unavailable('The store is closed.')
    const refusal = pulse.refused()
    if (refusal) throw unavailable(refusal.message)
    try {
      return await work()
    } catch (error) {
      const fault = error instanceof PairpixelError ? undefined : faultOf(error)
      throw fault ? unavailable(fault.why, error) : error
    }
  }

  /** Answers in time, whatever Redis does; what comes later is not heard. */
  function inTime<T>(works: readonly Promise<T>[], late: () => T | PromiseLike<T>): Promise<T[]> {
    let timer: NodeJS.Timeout | undefined
    const given = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late()), patienceMs)
    })
    return Promise.all(works.map((work) => Promise.race([work, given]))).finally(() => clearTimeout(timer))
  }

  async function close(): Promise<void> {
    await copies.drained()
    await claims.release()
    pulse.stop()
    people.stop()
    client.disconnect()
  }

  const failed = (): AppendResult => 'failed'
  return {
    isShared: true,
    append(wanted) {
      const isOpen = closing === undefined && pulse.refused() === undefined && copies.waiting() < mostWaiting
      if (!isOpen) return Promise.resolve(wanted.map(failed))
      return inTime(
        wanted.map((copy) => copies.append(copy)),
        failed,
      )
    },
    async prove(site, name, eventId, fired, now) {
      const late = () => Promise.reject<boolean>(unavailable('Redis did not answer in time.'))
      const [isKnown = false] = await inTime([use(() => proofs.prove({ site, name, eventId }, fired, now))], late)
      return isKnown
    },
    claim: (instance, limit, leaseMs, now) => use(() => claims.claim(instance, limit, leaseMs, now)),
    renew: (token, leaseMs, now) => use(() => claims.renew(token, leaseMs, now)),
    stillMine: (token, now) => use(() => claims.stillMine(token, now)),
    reserve: (token, reservations, now) => use(() => reserving.reserve(token, reservations, now)),
    settle: (token, results, now) => use(() => settle(token, results, now)),
    removeInstances: (known, now) => use(() => housekeeping.removeInstances(known, now)),
    remember: (sightings, now) =>
      use(() => {
        const isOut = ({ site, visitor, handles }: Sighting) =>
          people.holds(site, visitor === undefined ? handles : [...handles, `visitor:${visitor}`])
        return vault.remember(
          sightings.filter((sighting) => !isOut(sighting)),
          now,
        )
      }),
    recall: (hints) => use(() => vault.recall(hints)),
    forget: (site, visitor) => use(() => vault.forget(site, visitor)),
    async revoke(site, visitor, now) {
      const late = () => Promise.reject<number>(unavailable('Redis did not answer in time.'))
      const [revoked = 0] = await inTime([use(() => visits.revoke(site, visitor, now))], late)
      return revoked
    },
    ended: (filter, limit, after) => use(() => trying.ended(filter, limit, after)),
    async *endings() {
      for (const hour of await use(trying.hours)) {
        const portion = await use(() => trying.endingsOf(hour))
        if (portion.length) yield portion
      }
    },
    discard: (deliveries, why, now) => use(() => trying.discard(deliveries, why, now)),
    replay: (deliveries, { forced }, now) => use(() => trying.replay(deliveries, forced, now)),
    erase: (person, now) => use(() => people.erase(person, now)),
    readmit: (person) => use(() => people.readmit(person)),
    note: (name, text) => use(() => notes.note(name, text)),
    noted: (name) => use(() => notes.noted(name)),
    recent: (filter) => use(() => reading.recent(filter)),
    counts: () => use(() => reading.counts()),
    health() {
      const health = pulse.health()
      const told = { ...health, alerts: [...short, ...(health.alerts ?? [])] }
      return closing ? { ...told, writable: false, why: 'The store is closed.' } : told
    },
    async tidy(now) {
      await use(() => housekeeping.tidy(now))
      await use(() => proofs.tidy(now))
      tidiedAt = Math.max(tidiedAt, now)
    },
    close: () => (closing ??= close()),
  }
}
