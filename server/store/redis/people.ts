import { setTimeout as wait } from 'node:timers/promises'
import type { StoredEvent } from '../../../shared/event.ts'
import { erasedKey } from '../keys.ts'
import {
  addErased,
  copyNames,
  type Erased,
  erasedCopy,
  isAbout,
  maskedNeedlesOf,
  namesIn,
  needlesOf,
  nothingErased,
  type Person,
  valuesOf,
} from '../people.ts'
import type { NewCopy } from '../store.ts'
import type { Shard } from './calls.ts'
import { beforeOf, opsOf } from './change.ts'
import { eventPlace, type Ground, mostTries, orderPlace, put, readAnswer, shardAt } from './ground.ts'
import { eraseRecord } from './ledger.ts'
import type { Stored } from './record.ts'
import { deliveryNumber, type Place } from './shards.ts'
import type { Vault } from './vault.ts'
import type { Visits } from './visits.ts'

/** Every process asks this often whether somebody is kept out that it has not heard of. */
const lookMs = 500
/** After so long all have, and what they took before has come to rest: two calls may have waited for Redis meanwhile. */
const heardMs = 6000
/** Older than this the list may have been added to: no copy is taken by it. */
const staleMs = 3 * lookMs
const portion = 100

/** Erasure: who is kept out (a set of HMACs that every process keeps in mind), and what there is of them taken away. */
export function createPeople(ground: Ground, vault: Pick<Vault, 'drop'>, visits: Pick<Visits, 'placesOf'>) {
  const { client, calls } = ground
  const listKey = `${shardAt(ground, 0).meta.slice(0, -1)}G`
  let list: ReadonlySet<string> = new Set()
  let readAt = -Infinity
  let reading: Promise<void> | undefined
  let stopped = false

  async function readList(): Promise<void> {
    const at = performance.now()
    if ((await client.scard(listKey)) !== list.size) list = new Set(await client.smembers(listKey))
    readAt = at
  }
  /** One look at a time, shared by all who ask. */
  const look = (): Promise<void> => (reading ??= readList().finally(() => (reading = undefined)))

  async function keepLooking(): Promise<void> {
    while (!stopped) {
      await look().catch(() => undefined) // the pulse tells of a Redis that is away
      await wait(lookMs, undefined, { ref: false })
    }
  }

  const idOf = (site: string, name: string): string => erasedKey(ground.secret(), site, name).toString('base64url')
  const holds = (site: string, names: readonly string[]): boolean =>
    list.size > 0 && names.some((name) => list.has(idOf(site, name)))

  const keyOf = (shard: Shard, name: string): string => shard.meta.slice(0, -1) + name

  /** All of one event but its key and its states. */
  async function eraseAt(at: Place, now: number): Promise<Erased> {
    const shard = shardAt(ground, at.shard)
    let answer = readAnswer(((await calls.run(shard, 'get', 0, at.id)) as string[])[0] ?? '-')
    for (let tries = 0; tries < mostTries && answer.is === 'there'; tries++) {
      const { version, number, event } = answer.stored
      if (event.erased) return nothingErased
      const before = beforeOf(event)
      const erased = eraseRecord(event, now)
      const ops = opsOf(before, event, { now, offset: shard.offset, sums: {} })
      const [done] = await put(ground, shard, 'change', now, [{ id: at.id, want: version, event, ops }])
      if (done?.is === 'done') {
        await client.unlink(
          event.deliveries.map((_, n) => keyOf(shard, `x${deliveryNumber(at.shard, number, n).toString(36)}`)),
        )
        return erased
      }
      answer = done ?? { is: 'absent' }
    }
    return nothingErased
  }

  /** An alias leads to the place of the event itself. */
  async function follow(site: string, at: Place): Promise<Place[]> {
    const answer = readAnswer(((await calls.run(shardAt(ground, at.shard), 'get', 0, at.id)) as string[])[0] ?? '-')
    if (answer.is === 'there') return [at]
    return answer.is === 'alias' ? [eventPlace({ site, ...answer.of })] : []
  }

  async function eraseAll(site: string, places: readonly Place[], now: number): Promise<Erased> {
    let sum = nothingErased
    for (const place of places) for (const at of await follow(site, place)) sum = addErased(sum, await eraseAt(at, now))
    return sum
  }

  const readTexts = async (keys: readonly string[]): Promise<string[]> =>
    keys.length ? (await client.mget([...keys])).filter((text) => text !== null) : []

  /** Is this event about the person? With the further names that its bodies know. */
  async function namesOf(person: Person, shard: Shard, id: string, { event, number }: Stored) {
    if (event.site !== person.site || event.erased) return undefined
    const ids = [event.eventId, ...event.copies.flatMap(({ alias }) => alias ?? [])]
    const bodyKeys = event.copies.flatMap(({ hasBody }, n) => (hasBody ? [keyOf(shard, `b${id}${n}`)] : []))
    const bodies = await readTexts(bodyKeys)
    const needles = needlesOf(person)
    const said = bodies
      .filter((body) => needles.some((needle) => body.includes(needle)))
      .map((body) => JSON.parse(body) as StoredEvent) // written by append
      .filter((one) => isAbout(person, one))
    const names = said.flatMap(namesIn)
    if (names.length || ids.some((one) => person.names.includes(`event:${one}`))) return names
    const masked = maskedNeedlesOf(person)
    const explained = event.deliveries.map((_, n) =>
      keyOf(shard, `x${deliveryNumber(shard.index, number, n).toString(36)}`),
    )
    const texts = await readTexts(explained)
    return texts.some((text) => masked.some((needle) => text.includes(needle))) ? names : undefined
  }

  async function inShard(person: Person, shard: Shard, now: number): Promise<Erased> {
    let sum = nothingErased
    for (const hour of await client.zrangebyscore(keyOf(shard, 'H'), '-inf', '+inf')) {
      const ids = await client.lrange(keyOf(shard, `h${hour}`), 0, -1)
      for (let at = 0; at < ids.length; at += portion) {
        const some = ids.slice(at, at + portion)
        const answers = ((await calls.run(shard, 'get', 0, ...some)) as string[]).map(readAnswer)
        for (const [n, answer] of answers.entries()) {
          const id = some[n]
          if (answer.is !== 'there' || id === undefined) continue
          const names = await namesOf(person, shard, id, answer.stored)
          if (!names) continue
          const visitors = await vault.drop(person.site, names)
          sum = addErased(
            addErased(sum, { ...nothingErased, visitors }),
            await eraseAt({ shard: shard.index, id }, now),
          )
        }
      }
    }
    return sum
  }

  return {
    /** Knows who is kept out, or rejects. */
    start: async (): Promise<void> => {
      await look().catch(() => undefined)
      void keepLooking()
    },
    stop: (): void => void (stopped = true),
    holds,
    /** Resolves once the list is fresh enough to take events by it; rejects when Redis does not tell it. */
    ready: (): Promise<void> | undefined => (performance.now() - readAt < staleMs ? undefined : look()),
    /** A copy as it may be kept, and whether it is of somebody who is kept out. */
    sift(copy: NewCopy): { readonly copy: NewCopy; readonly isErased: boolean } {
      const isErased = list.size > 0 && holds(copy.site, copyNames(copy, copy.event))
      return isErased ? { copy: erasedCopy(copy), isErased } : { copy, isErased }
    },
    async erase(person: Person, now: number): Promise<Erased> {
      const { site, names } = person
      if (names.length)
        await client.sadd(
          listKey,
          names.map((name) => idOf(site, name)),
        )
      await readList()
      // What others took before they heard of it is found below.
      if (ground.clock === 'redis') await wait(heardMs)
      const known = [
        ...(await Promise.all(valuesOf(person, 'visitor').map((visitor) => visits.placesOf(site, visitor)))).flat(),
        ...valuesOf(person, 'order').map((order) => orderPlace(ground.secret(), site, order)),
      ]
      let sum: Erased = { ...nothingErased, visitors: await vault.drop(site, names) }
      sum = addErased(sum, await eraseAll(site, known, now))
      for (const part of await Promise.all(ground.shards.map((shard) => inShard(person, shard, now))))
        sum = addErased(sum, part)
      return sum
    },
    async readmit({ site, names }: Person): Promise<number> {
      const removed = names.length
        ? await client.srem(
            listKey,
            names.map((name) => idOf(site, name)),
          )
        : 0
      await readList()
      return removed
    },
  }
}
export type People = ReturnType<typeof createPeople>
