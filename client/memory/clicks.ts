import { coreClickIds, type ClickIdName } from '../../shared/click-ids.ts'
import type { Context } from '../../shared/event.ts'
import { dayMs } from '../../shared/limits.ts'
import { attempt, toJson } from '../safe.ts'
import { readCookie, writeCookie } from './cookie.ts'

/** Click ID → its value and when it was first seen (epoch ms): the shape of the `_pp` cookie. */
export type Clicks = Partial<Record<ClickIdName, readonly [value: string, firstSeenMs: number]>>
export type FoundClicks = Partial<Record<ClickIdName, string>>
type Told = NonNullable<Context['click_ids']>

const keepDays = 90
/** 1,800 with the name. */
const maxValueBytes = 1796

/**
 * Joins the clicks of this page with those kept before, keeps them, and answers them as an event carries them. Reading,
 * merging and writing are one step, so two tabs lose nothing to each other. Another value replaces the old one and its
 * time, the same value keeps its time, absence clears nothing. What is too old, or no longer fits the cookie, is left
 * out. Stored entries may be anyone's writing, so the collector checks each value.
 */
export function rememberClicks(found: FoundClicks, now: number, domain: string): Told {
  const cookie = readCookie('_pp')
  const stored = attempt(() => JSON.parse(decodeURIComponent(cookie!)) as Clicks) ?? {}
  let text = cookie && '%7B%7D'
  let clicks: Clicks = {}
  const told: Partial<Record<ClickIdName, { readonly value: string; readonly at: number }>> = {}
  for (const name of coreClickIds) {
    const fresh = found[name]
    const entry = fresh && fresh !== stored[name]?.[0] ? ([fresh, now] as const) : stored[name]
    const next = { ...clicks, [name]: entry }
    const nextText = encodeURIComponent(toJson(next))
    if (now - (entry?.[1] as number) < keepDays * dayMs && nextText.length <= maxValueBytes) {
      clicks = next
      text = nextText
      told[name] = { value: entry![0], at: entry![1] }
    }
  }
  // What has not changed is left to the collector to prolong; nothing at all is not written.
  if (text !== cookie) writeCookie('_pp', text!, keepDays * (dayMs / 1000), domain)
  return told
}
