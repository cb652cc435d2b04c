import { clickIdParams, coreClickIds, isClickId, type ClickIdName } from '../../shared/click-ids.ts'
import type { Context } from '../../shared/event.ts'
import { dayMs } from '../../shared/limits.ts'
import { compact } from '../compact.ts'
import { attempt } from '../safe.ts'
import { findCookieDomain, readCookie, writeCookie } from './cookie.ts'
import { readStored, writeStored } from './storage.ts'

/** Click ID → its value and when it was first seen (epoch ms): the shape of the `_pp` cookie. */
export type Clicks = Partial<Record<ClickIdName, readonly [value: string, firstSeenMs: number]>>
export type FoundClicks = Partial<Record<ClickIdName, string>>

const keepDays = 90
/** 1,800 with the name. */
const maxValueBytes = 1796

export const encodeClicks = (clicks: Clicks): string => encodeURIComponent(JSON.stringify(clicks))

/**
 * What is known after this page. Stored entries may be anyone's writing: only known names, whole and not too old, stay.
 * Another value replaces the old one and its time, the same value keeps its time, absence clears nothing.
 */
export function mergeClicks(stored: unknown, found: FoundClicks, now: number): Clicks {
  const clicks: Clicks = {}
  for (const name of clickIdParams) {
    const [value, at] = [(Object(stored) as Record<string, unknown>)[name]].flat() as [unknown, unknown]
    if (isClickId(name, String(value)) && now - Number(at) < keepDays * dayMs)
      clicks[name] = [String(value), Number(at)]
    const fresh = found[name]
    if (fresh && fresh !== clicks[name]?.[0]) clicks[name] = [fresh, now]
  }
  return clicks
}

/** The clicks that fit the cookie: the oldest goes first, those no configured platform takes before the others. */
export function fitClicks(clicks: Clicks): Clicks {
  const fitting = { ...clicks }
  const rank = (name: ClickIdName): number => Number(coreClickIds.includes(name)) * 1e15 + clicks[name]![1]
  const leaving = (Object.keys(clicks) as ClickIdName[]).sort((a, b) => rank(a) - rank(b))
  while (encodeClicks(fitting).length > maxValueBytes) Reflect.deleteProperty(fitting, leaving.shift()!)
  return fitting
}

/**
 * Joins the clicks of this page with those kept before, and keeps them. Reading, merging and writing are one step, so
 * two tabs lose nothing to each other; what has not changed is left to the collector to prolong.
 */
export function rememberClicks(found: FoundClicks, now: number): Clicks {
  const cookie = readCookie('_pp')
  const stored = attempt((): unknown => JSON.parse(decodeURIComponent(cookie!))) ?? readStored('_pp')
  const clicks = mergeClicks(stored, found, now)
  const fitting = fitClicks(clicks)
  const text = encodeClicks(fitting)
  if (text !== (cookie ?? '%7B%7D')) {
    writeCookie('_pp', text, keepDays * (dayMs / 1000), findCookieDomain())
    writeStored('_pp', fitting)
  }
  return clicks
}

/** The clicks as an event carries them. */
export const clickContext = (clicks: Clicks): Context['click_ids'] =>
  compact(Object.fromEntries(Object.entries(clicks).map(([name, [value, at]]) => [name, { value, at }])))
