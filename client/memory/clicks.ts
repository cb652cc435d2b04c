import { coreClickIds, type ClickIdName } from '../../shared/click-ids.ts'
import { dayMs } from '../../shared/limits.ts'
import { attempt, toJson } from '../safe.ts'
import { readCookie, writeCookie } from './cookie.ts'

/** Click ID → its value and when it was first seen (epoch ms): the shape of the `_pp` cookie, and of the wire. */
export type Clicks = Partial<Record<ClickIdName, readonly [value: string, firstSeenMs: number]>>

const keepDays = 90
/** 1,800 with the name. */
const maxValueBytes = 1796

/**
 * Joins the clicks of this page with those kept before, keeps them, and answers them. Reading, merging and writing are
 * one step, so two tabs lose nothing to each other: of two values the newer one counts, the same value keeps its time,
 * absence clears nothing. What is too old, or no longer fits the cookie, is left out. Stored entries may be anyone's
 * writing, so the collector checks each value; a time to come is no reason to keep one.
 * @param getDomain asked only when there is something to write
 */
export function keepClicks(known: Clicks | undefined, now: number, getDomain: () => string): Clicks {
  const cookie = readCookie('_pp')
  const stored = attempt(() => JSON.parse(decodeURIComponent(cookie ?? '{}')) as Clicks) ?? {}
  let text = cookie && '%7B%7D'
  let clicks: Clicks = {}
  for (const name of coreClickIds) {
    const fresh = known?.[name]
    const old = stored[name]
    const entry = fresh && !(old && (old[0] === fresh[0] || (old[1] > fresh[1] && old[1] <= now))) ? fresh : old
    const next = { ...clicks, [name]: entry }
    const nextText = encodeURIComponent(toJson(next))
    if (now - (entry?.[1] as number) < keepDays * dayMs && nextText.length <= maxValueBytes) {
      clicks = next
      text = nextText
    }
  }
  // What has not changed is left to the collector to prolong; nothing at all is not written.
  if (text !== cookie) writeCookie('_pp', text!, keepDays * (dayMs / 1000), getDomain())
  return clicks
}
