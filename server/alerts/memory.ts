import { isObject } from '../../shared/parse-field.ts'
import type { Conditions, Mutes } from './finding.ts'
import type { SavedHistory } from './history.ts'
import type { Owed } from './outbox.ts'

/** What is known over a restart, kept in a note of the store. */
export interface Memory {
  readonly conditions: Conditions
  readonly mutes: Mutes
  /** Instance → since when its test mode is seen on, epoch ms. */
  readonly testSince: Readonly<Record<string, number>>
  readonly owed: readonly Owed[]
}

export const emptyMemory: Memory = { conditions: {}, mutes: {}, testSince: {}, owed: [] }

/** Text that `JSON.stringify` made of a memory; anything else is an empty one. */
export function parseMemory(text: string | undefined): Memory {
  const given = parsed(text)
  if (!isObject(given)) return emptyMemory
  const { conditions, mutes, testSince, owed } = given
  // Written by this code, so the shape of the parts is known where they are there.
  return {
    conditions: (isObject(conditions) ? conditions : {}) as Conditions,
    mutes: isObject(mutes) ? mutes : {},
    testSince: (isObject(testSince) ? testSince : {}) as Memory['testSince'],
    owed: Array.isArray(owed) ? (owed as Owed[]) : [],
  }
}

/** As above, for what is usual. */
export function parseHistory(text: string | undefined): SavedHistory | undefined {
  const given = parsed(text)
  return isObject(given) && isObject(given.hours) && isObject(given.slots)
    ? (given as unknown as SavedHistory)
    : undefined
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
}
