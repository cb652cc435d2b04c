import { isReason } from '../../../../shared/reasons.ts'
import { eventKey } from '../../keys.ts'
import { readExplanation } from '../explained.ts'
import type { Row } from './scan.ts'

const isText = (value: unknown): value is string => typeof value === 'string'
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isKey = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length === 16
const isFlag = (value: unknown): boolean => value === 0 || value === 1
const orNull = (isGood: (value: unknown) => boolean, value: unknown): boolean => value === null || isGood(value)

function isJson(value: unknown, read: (text: string) => unknown = JSON.parse): boolean {
  if (!isText(value)) return false
  try {
    const found = read(value)
    return typeof found === 'object' && found !== null
  } catch {
    return false
  }
}

const states: readonly unknown[] = ['pending', 'delivered', 'dead', 'suppressed', 'expired']

/**
 * Table → can this row be what was written? A page whose bytes changed may still read as one. An event's key is a digest of
 * what it is called, so it proves it.
 */
export const isSound: Readonly<Record<string, (row: Row) => boolean>> = {
  events: ({ key, site, name, event_id: id, first_at: at, fired, conflict, browser, backend, erased = 0 }) =>
    isText(site) &&
    isText(name) &&
    isText(id) &&
    isKey(key) &&
    Buffer.from(eventKey(site, name, id)).equals(key) &&
    isWhole(at) &&
    isJson(fired) &&
    [conflict, browser, backend, erased].every(isFlag),
  copies: ({ event, kind, origin, received_at: at, digest, bytes_digest: bytes, facts, alias, result, ...counts }) =>
    isWhole(event) &&
    (kind === 'browser' || kind === 'backend') &&
    [origin, digest, bytes, result].every(isText) &&
    isWhole(at) &&
    isJson(facts) &&
    orNull(isText, alias) &&
    [counts.duplicates, counts.retransmits].every(isWhole),
  deliveries: ({ event, instance, state, due_at: due, attempts, in_flight: flight, ambiguous, denied, ...rest }) =>
    [event, due, attempts, flight, ambiguous, denied].every(isWhole) &&
    isText(instance) &&
    states.includes(state) &&
    orNull((value) => isText(value) && isReason(value), rest.reason) &&
    [rest.why, rest.trace].every((value) => orNull(isText, value)) &&
    [rest.settled_at, rest.reopen_until, rest.first_attempt_at].every((value) => orNull(isWhole, value)),
  bodies: ({ copy, body }) => isWhole(copy) && isJson(body),
  explained: ({ delivery, at, text }) => isWhole(delivery) && isWhole(at) && isJson(text, readExplanation),
  aliases: ({ key, event }) => isKey(key) && isWhole(event),
  reservations: ({ key, delivery, until }) => isKey(key) && isWhole(delivery) && isWhole(until),
  fresh_reservations: ({ entries }) => entries instanceof Uint8Array && entries.length > 0 && entries.length % 32 === 0,
  visitors: ({ clicks, landing, last_at: at }) => isJson(clicks) && orNull(isText, landing) && isWhole(at),
  handles: ({ key, visitor }) => isKey(key) && isWhole(visitor),
  erased: ({ key, at }) => isKey(key) && isWhole(at),
  visits: ({ visitor, event, at }) => isKey(visitor) && isWhole(event) && isWhole(at),
  early_proofs: ({ key, fired, at }) => isKey(key) && isJson(fired) && isWhole(at),
  meta: ({ name, value }) => isText(name) && (isText(value) || value instanceof Uint8Array),
  tallies: ({ name, instance, n }) => isText(name) && isText(instance) && Number.isSafeInteger(n),
}
