import { limits } from './limits.ts'
import type { PlatformName } from './names.ts'
import { isObject } from './parse-field.ts'

/** What a pixel's ID looks like at each platform: they can be told apart by it. */
const forms: Readonly<Record<PlatformName, RegExp>> = {
  meta: /^\d{5,32}$/,
  reddit: /^[at]2_[a-z0-9]{1,60}$/i,
  snapchat: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
}
const rows = Object.entries(forms) as (readonly [PlatformName, RegExp])[]

/** Platform → IDs of its pixels that a page was seen to load, whoever's they are. Text of anybody: only to be shown. */
export type PixelIds = Readonly<Partial<Record<PlatformName, readonly string[]>>>

/**
 * The IDs among the names of a batch's `pixels`, a few of each platform. What is no pixel's ID by its looks is left out
 * without a word, for pages write all kinds of things where an ID should be. Undefined: none.
 */
export function readPixelIds(value: unknown): PixelIds | undefined {
  if (!isObject(value)) return undefined
  const given = Object.keys(value).slice(0, limits.pixelIdsLookedAt)
  const found = rows.flatMap(([platform, form]) => {
    const ids = given.filter((name) => form.test(name)).slice(0, limits.pixelIds)
    return ids.length ? [[platform, ids] as const] : []
  })
  return found.length ? Object.fromEntries(found) : undefined
}
