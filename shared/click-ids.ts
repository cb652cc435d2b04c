import { limits } from './limits.ts'

/** Click IDs that a platform here takes; the pixel reads these. */
export const coreClickIds = ['fbclid', 'rdt_cid', 'ScCid'] as const

/** All that an event may carry. Query parameter → where it is kept. Names are matched in any case; values are opaque and never altered. */
export const clickIdParams = [
  ...coreClickIds,
  'gclid',
  'wbraid',
  'gbraid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'msclkid',
  'epik',
] as const
export type ClickIdName = (typeof clickIdParams)[number]

/** 1–1,024 printable characters without `;`; `fbclid` at most 500. What a cleaned address has in the place of one is none. */
export const isClickId = (name: ClickIdName, value: string): boolean =>
  value.length <= (name === 'fbclid' ? limits.fbclidChars : limits.clickIdChars) &&
  /^[!-:<-~]+$/.test(value) &&
  value !== 'redacted'

/**
 * Click IDs in an address, or in a query alone: from the query and from what stands behind the `#` (`#/x?a=1`, `#a=1`).
 * Names in any case; values percent-decoded once and otherwise untouched; the first usable value of a repeated name.
 */
export function readParams(
  address: string,
  params: readonly ClickIdName[],
  isUsable: (name: ClickIdName, value: string) => unknown,
): Partial<Record<ClickIdName, string>> {
  const found: Partial<Record<ClickIdName, string>> = {}
  for (const [, name, raw] of address.matchAll(/(?:^|[?&#])([^=&#?]+)=([^&#]*)/g)) {
    const param = params.find((known) => known.toLowerCase() === name!.toLowerCase())
    let value = raw!
    try {
      value = decodeURIComponent(value)
    } catch {
      // A stray % is part of the token then.
    }
    if (param && !found[param] && isUsable(param, value)) found[param] = value
  }
  return found
}

/** Every click ID of an address, such as can be used. */
export const readClickIds = (address: string): Partial<Record<ClickIdName, string>> =>
  readParams(address, clickIdParams, isClickId)
