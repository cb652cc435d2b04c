import { limits } from './limits.ts'

/** Query parameter → where it is kept. Names are matched in any case; values are opaque and never altered. */
export const clickIdParams = [
  'fbclid',
  'rdt_cid',
  'ScCid',
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

/** Click IDs that a configured platform takes; the rest is kept for later ones. */
export const coreClickIds: readonly ClickIdName[] = ['fbclid', 'rdt_cid', 'ScCid']

/** 1–1,024 printable characters without `;`; `fbclid` at most 500. */
export const isClickId = (name: ClickIdName, value: string): boolean =>
  value.length <= (name === 'fbclid' ? limits.fbclidChars : limits.clickIdChars) && /^[!-:<-~]+$/.test(value)

/**
 * Click IDs in a query (`a=1&b=2`, with or without `?`): names in any case, values percent-decoded once and otherwise
 * untouched, the first usable value of a repeated name.
 */
export function readClickIds(query: string): Partial<Record<ClickIdName, string>> {
  const found: Partial<Record<ClickIdName, string>> = {}
  for (const pair of query.replace(/^[?#]/, '').split('&')) {
    const at = pair.indexOf('=')
    if (at < 1) continue
    const name = clickIdParams.find((param) => param.toLowerCase() === pair.slice(0, at).toLowerCase())
    if (!name || found[name]) continue
    let value = pair.slice(at + 1)
    try {
      value = decodeURIComponent(value)
    } catch {
      // A stray % is part of the token then.
    }
    if (isClickId(name, value)) found[name] = value
  }
  return found
}

/** The query of a URL's text, and of a hash route (`#/x?a=1` or `#a=1`) behind it. */
export function queryOf(url: string): string {
  const [beforeHash = '', ...hash] = url.split('#')
  const mark = beforeHash.indexOf('?')
  const search = mark < 0 ? '' : beforeHash.slice(mark + 1)
  const fragment = hash.join('#')
  const inHash = fragment.includes('?') ? fragment.slice(fragment.lastIndexOf('?') + 1) : fragment
  return inHash.includes('=') ? `${search}&${inHash}` : search
}
