import { attempt } from '../safe.ts'

/** A cookie's value as it stands. */
export const readCookie = (name: string): string | undefined =>
  attempt(() => RegExp(`(^| )${name}=([^;]+)`).exec(document.cookie)?.[2])

export const writeCookie = (name: string, value: string, seconds: number, domain: string): void =>
  attempt(() => {
    // `https:` is one letter longer than `http:`.
    document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax${domain && `;domain=${domain}`}${
      location.protocol[5] ? ';secure' : ''
    }`
  })

/**
 * The shortest domain that takes a cookie (`example.com` for `www.example.com`): found by trying, since only the
 * browser knows every public suffix. Empty where none does, as for single names. Each look after a writing makes the page
 * wait, so the last label is not tried: alone it never takes one.
 */
export const findCookieDomain = (): string =>
  location.hostname
    .split('.')
    .map((_, at, labels) => labels.slice(~at).join('.'))
    .find((domain, at) => {
      // From two labels on.
      if (at) writeCookie('_ppd', domain, 1, domain)
      // By its value: a probe of the page before may still be there.
      return at && readCookie('_ppd') === domain
    }) ?? ''

/** The platforms' own cookies as they stand, `name=value`; the collector knows which it takes. Their pixels write them late. */
export const readPlatformCookies = (): readonly string[] | null | undefined =>
  attempt(() => document.cookie.match(/\b_(fb.|(rdt|sc)\w*id)=[^;]+/g))
