import { createSecretKey, type KeyObject } from 'node:crypto'
import { PairpixelError } from '../../../shared/errors.ts'
import { eventKey, orderKey, reservationKey } from '../keys.ts'
import type { Calls, Shard } from './calls.ts'
import { type Item, itemArgs } from './change.ts'
import type { Client } from './client.ts'
import type { Identity } from './ledger.ts'
import { decode, type Stored } from './record.ts'
import { type Place, placeOf } from './shards.ts'

/** What every part of the driver stands on. */
export interface Ground {
  readonly client: Client
  readonly calls: Calls
  readonly shards: readonly Shard[]
  readonly clock: 'redis' | 'caller'
  readonly explanationMs: number
  /** How long keys, aliases and reservations are kept. */
  readonly rememberMs: number
  /** Throws STORE_UNAVAILABLE until Redis was reached once. */
  readonly secret: () => KeyObject
  /** Something acknowledged is gone: for the log and the operator. */
  readonly loss: (message: string) => void
}

export const asSecret = (text: string): KeyObject => createSecretKey(Buffer.from(text, 'base64url'))

export const shardAt = ({ shards }: Pick<Ground, 'shards'>, index: number): Shard => {
  const shard = shards[index]
  if (!shard) throw new PairpixelError('INTERNAL', `there is no shard ${index}`)
  return shard
}

export const eventPlace = ({ site, name, eventId }: Identity): Place => placeOf(eventKey(site, name, eventId))
export const orderPlace = (secret: KeyObject, site: string, order: string): Place =>
  placeOf(orderKey(secret, site, order))
export const reservationPlace = (secret: KeyObject, key: string): Place => placeOf(reservationKey(secret, key))

/** An event's answer in a `put` or `get`. */
export type Answer =
  /** Done; the number of the event within its shard. `hasProofs`: it is new, and words on its pixels came before it. */
  | { readonly is: 'done'; readonly number: number; readonly hasProofs?: true }
  /** It is not as it was read; this is how it is. */
  | { readonly is: 'there'; readonly stored: Stored; readonly isNew?: true }
  | { readonly is: 'alias'; readonly of: Omit<Identity, 'site'> }
  | { readonly is: 'absent' }
  /** The claim does not hold. */
  | { readonly is: 'stale' }

export const readAnswer = (text: string): Answer => {
  const rest = text.slice(1)
  switch (text[0]) {
    case '+':
      return { is: 'done', number: Number(rest) }
    case '*':
      return { is: 'done', number: Number(rest), hasProofs: true }
    case '=':
      return { is: 'there', stored: decode(rest) }
    case '>':
      return { is: 'alias', of: readAlias(rest) }
    case '!':
      return { is: 'stale' }
    default:
      return { is: 'absent' }
  }
}

/** Event names and IDs hold no line breaks. */
export const aliasText = ({ name, eventId }: Omit<Identity, 'site'>): string => `${name}\n${eventId}`
export const readAlias = (text: string): Omit<Identity, 'site'> => {
  const at = text.indexOf('\n')
  return { name: text.slice(0, at), eventId: text.slice(at + 1) }
}

/** Runs a `put` of some events of one shard. */
export async function put(
  { calls }: Pick<Ground, 'calls'>,
  shard: Shard,
  script: 'append' | 'change',
  now: number,
  items: readonly Item[],
): Promise<readonly Answer[]> {
  const answers = (await calls.run(shard, script, now, ...items.flatMap(itemArgs))) as string[]
  return answers.map(readAnswer)
}

/** Values by shard, so that each shard is called once. */
export function byShard<T>(ground: Pick<Ground, 'shards'>, values: readonly T[], shardOf: (value: T) => number) {
  const groups = new Map<number, T[]>()
  for (const value of values) {
    const group = groups.get(shardOf(value))
    if (group) group.push(value)
    else groups.set(shardOf(value), [value])
  }
  return [...groups].map(([index, group]) => ({ shard: shardAt(ground, index), group }))
}

/** The least that compare and set may lose in a row before it is told: something is badly wrong then. */
export const mostTries = 1000
