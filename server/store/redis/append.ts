import type { AppendResult, NewCopy } from '../store.ts'
import { createBatch, createTurns } from './batch.ts'
import type { Shard } from './calls.ts'
import { arrivalOps, beforeOf, nothing, opsOf } from './change.ts'
import {
  aliasText,
  type Answer,
  eventPlace,
  type Ground,
  mostTries,
  orderPlace,
  readAlias,
  readAnswer,
  shardAt,
} from './ground.ts'
import { createEvent, eraseRecord, type Identity, joinCopy, type Sums } from './ledger.ts'
import type { People } from './people.ts'
import type { Proofs } from './proofs.ts'
import type { Stored } from './record.ts'
import type { Visits } from './visits.ts'

/** The event a copy belongs to. */
interface Home {
  readonly key: Identity
  /** The copy names an order that another key owns. */
  readonly foreignOrder: boolean
}

const keyText = ({ site, name, eventId }: Identity): string => `${site}\n${name}\n${eventId}`
const isSame = (a: Omit<Identity, 'site'>, b: Omit<Identity, 'site'>) => a.name === b.name && a.eventId === b.eventId

/** A time that is none would never fall due, and JSON has no word for it. */
const canBeKept = ({ receivedAt, deliveries }: NewCopy): boolean =>
  Number.isFinite(receivedAt) && deliveries.every(({ dueAt }) => Number.isFinite(dueAt))

export function createAppend(
  ground: Ground,
  proofs: Pick<Proofs, 'join'>,
  visits: Pick<Visits, 'note'>,
  people: Pick<People, 'sift' | 'ready'>,
) {
  const { calls } = ground
  const batches = ground.shards.map((shard) => createBatch(ground, shard))
  let lastOrder = 0

  /**
   * The first key that names an order owns it, and a copy under an ID that is not known yet joins the owner, whether the
   * owner's own first copy has come to rest or not. A copy whose own key is known stays there even when another key owns
   * its order: that key may have been sent under its ID.
   */
  async function findByOrder(copy: NewCopy, order: string): Promise<Home> {
    const { site, name, eventId, receivedAt } = copy
    const own = { site, name, eventId }
    const at = eventPlace(own)
    const found = readAnswer(((await calls.run(shardAt(ground, at.shard), 'get', 0, at.id)) as string[])[0] ?? '-')
    const known = found.is === 'there' ? own : found.is === 'alias' ? { site, ...found.of } : undefined
    const place = orderPlace(ground.secret(), site, order)
    const shard = shardAt(ground, place.shard)
    const claim = aliasText(known ?? own)
    const owner = {
      site,
      ...readAlias((await calls.run(shard, 'alias', receivedAt, place.id, claim, ground.rememberMs)) as string),
    }
    if (isSame(owner, known ?? own)) return { key: owner, foreignOrder: false }
    if (known) return { key: known, foreignOrder: true }
    const args = [at.id, aliasText(owner), ground.rememberMs] as const
    const leads = (await calls.run(shardAt(ground, at.shard), 'alias', receivedAt, ...args)) as string
    const key = leads ? { site, ...readAlias(leads) } : own // empty: it was made in the meantime
    return { key, foreignOrder: !isSame(key, owner) }
  }

  const findHome = (copy: NewCopy): Promise<Home> | Home =>
    copy.orderId === undefined ? { key: copy, foreignOrder: false } : findByOrder(copy, copy.orderId)

  const bodyOf = ({ event }: NewCopy): string => (event ? JSON.stringify(event) : '')

  /** The first copy of a key; on success the event as it now rests. */
  async function create(copy: NewCopy, { site, name, eventId }: Identity): Promise<Answer> {
    const { shard, id } = eventPlace({ site, name, eventId })
    lastOrder = Math.max(lastOrder + 1, copy.receivedAt * 1000)
    const sifted = people.sift(copy)
    const event = createEvent(sifted.copy, { site, name, eventId }, lastOrder, ground.secret())
    if (sifted.isErased) eraseRecord(event, copy.receivedAt)
    const around = { now: copy.receivedAt, offset: shardAt(ground, shard).offset, sums: { events: 1, copies: 1 } }
    const ops = opsOf(nothing, event, { ...around, bodies: new Map([[0, bodyOf(copy)]]) })
    const answer = await batches[shard]!({ id, want: '', event, ops: [...ops, ...arrivalOps(event)] })
    if (answer.is !== 'done') return answer
    watch(shardAt(ground, shard), answer.number)
    if (answer.hasProofs) await proofs.join({ site, name, eventId }, copy.receivedAt)
    const stored = { version: `1 ${answer.number}`, number: answer.number, event }
    return { is: 'there', stored, isNew: true }
  }

  /** Copies of a key that is there, one after the other, as one change. */
  async function join(copies: readonly NewCopy[], home: Home, { version, event }: Stored) {
    const { shard, id } = eventPlace(home.key)
    const before = beforeOf(event)
    const sums: Sums = {}
    const bodies = new Map<number, string>()
    const results = copies.map((copy) => {
      const sifted = people.sift(copy)
      const result = joinCopy(event, sifted.copy, home.foreignOrder, ground.secret(), sums)
      if (sifted.isErased) eraseRecord(event, copy.receivedAt)
      if (result !== 'duplicate') bodies.set(event.copies.length - 1, bodyOf(copy))
      return result
    })
    const now = copies.at(-1)?.receivedAt ?? 0
    const ops = opsOf(before, event, { now, offset: shardAt(ground, shard).offset, sums, bodies })
    return { results, answer: await batches[shard]!({ id, want: version, event, ops }) }
  }

  /** Redis went back to an older state: its counter is behind what it had told. */
  function watch(shard: Shard, number: number): void {
    if (number < shard.made)
      ground.loss('Redis came back with older data: events that it had acknowledged are gone. Check its durability.')
    shard.made = number
  }

  /** Copies that name the same event and order, in their order. */
  async function place(copies: readonly NewCopy[]): Promise<readonly AppendResult[]> {
    const first = copies[0]
    if (!first) return []
    await people.ready()
    let home = await findHome(first)
    // Words on its pixels may have come for the ID under which this copy joins by its order.
    if (!isSame(home.key, first)) await proofs.join(first, first.receivedAt)
    let answer: Answer = { is: 'absent' }
    let done: AppendResult[] = []
    for (let tries = 0; tries < mostTries; tries++) {
      if (answer.is === 'there') {
        const rest = copies.slice(done.length)
        if (!rest.length) return done
        const joined = await join(rest, home, answer.stored)
        if (joined.answer.is === 'done') return [...done, ...joined.results]
        answer = joined.answer
        continue
      }
      if (answer.is === 'alias') home = { ...home, key: { site: first.site, ...answer.of } }
      const tried = await create(first, home.key)
      // Made anew only by somebody who forgot it in between: what was told of it stands.
      if (tried.is === 'there' && tried.isNew && !done.length) done = ['stored']
      answer = tried
    }
    return done
  }

  const turns = createTurns<NewCopy, AppendResult>((_name, copies) => place(copies), 'failed')

  /** Told only when it is noted whose event it is, or a visitor's no would not find it. */
  async function both(noted: Promise<void>, kept: Promise<AppendResult>): Promise<AppendResult> {
    const isNoted = await noted.then(
      () => true,
      () => false,
    )
    return isNoted ? kept : kept.then(() => 'failed')
  }

  return {
    /** Never rejects: what could not be kept is `failed`. */
    append(copy: NewCopy): Promise<AppendResult> {
      if (!canBeKept(copy)) return Promise.resolve('failed')
      const own = keyText(copy)
      const order = copy.orderId === undefined ? [] : [`order\n${copy.site}\n${copy.orderId}`]
      const kept = turns.take([own, ...order].join('\n'), [own, ...order], copy)
      // Of somebody who is kept out, nothing leads to the visitor.
      return copy.visitor === undefined || people.sift(copy).isErased ? kept : both(visits.note(copy), kept)
    },
    waiting: () => turns.waiting(),
    drained: () => turns.drained(),
  }
}
