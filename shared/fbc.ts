/** Meta's `_fbc` and `_fbp` values (docs: the platform's page, section 9). Pure; the caller passes time and chance. */
const suffix = /^(.{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

/** The click ID (part 4) of a well-formed `fbc`; undefined when it is malformed, which counts as absent. */
export function clickOfFbc(fbc: string): string | undefined {
  const [fb, index = '', ms = '', click, tail, ...more] = fbc.split('.')
  const formed = fb === 'fb' && /^\d+$/.test(index) && /^\d+$/.test(ms) && !more.length
  return formed && (tail === undefined || suffix.test(tail)) ? click || undefined : undefined
}

export interface FbcChoice {
  /** Absent: there is none, and none is invented. */
  readonly fbc?: string
  /** The value differs from the stored one, so it is worth storing. */
  readonly isNew: boolean
}

/**
 * The stored value untouched while the click is the same one (a library's suffix does not make it another), a new value
 * for a new click. `at`: when the click was first seen, epoch ms.
 */
export function chooseFbc(stored: string | undefined, clicked: string | undefined, at: number, index = 1): FbcChoice {
  const known = stored === undefined ? undefined : clickOfFbc(stored)
  if (!clicked || clicked === known) return known ? { fbc: stored, isNew: false } : { isNew: false }
  return { fbc: `fb.${index}.${at}.${clicked}`, isNew: true }
}

/** `fb.<index>.<ms>.<digits>`, with or without a library's suffix. */
export function isFbp(fbp: string): boolean {
  const [fb, index = '', ms = '', random = '', tail, ...more] = fbp.split('.')
  const formed = fb === 'fb' && [index, ms, random].every((part) => /^\d+$/.test(part)) && !more.length
  return formed && (tail === undefined || suffix.test(tail))
}

/** A fresh `fbp`. Worth sending only where the cookie is really stored. @param random from 0 up to 1 */
export const newFbp = (now: number, random: number, index = 1): string =>
  `fb.${index}.${now}.${Math.floor(random * 2 ** 31)}`

/** Dots in the domain a cookie is set on; 0 for an IP address, 1 when no cookie is stored. */
export function subdomainIndex(cookieDomain: string | null | undefined): number {
  if (!cookieDomain) return 1
  const domain = cookieDomain.replace(/^\.|\.$/g, '')
  return domain.includes(':') || /^\d+(\.\d+){3}$/.test(domain) ? 0 : domain.split('.').length - 1
}
