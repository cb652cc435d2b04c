import { attempt } from '../safe.ts'

/** A cookie's value as it stands. */
export const readCookie = (name: string): string | undefined =>
  attempt(() => `; ${document.cookie}`.split(`; ${name}=`)[1]?.split(';')[0])

export const writeCookie = (name: string, value: string, seconds: number, domain: string): void =>
  attempt(() => {
    // `https:` is one letter longer than `http:`.
    document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax${domain && `;domain=${domain}`}${
      location.protocol[5] ? ';secure' : ''
    }`
  })

/**
 * The shortest domain that takes a cookie (`example.com` for `www.example.com`): found by trying, since only the
 * browser knows every public suffix. Empty where none does, as for addresses and single names.
 */
export function findCookieDomain(): string {
  let domain = ''
  for (const label of location.hostname.split('.').reverse()) {
    domain = label + (domain && `.${domain}`)
    writeCookie('_ppd', domain, 1, domain)
    // By its value: a probe of the page before may still be there.
    if (readCookie('_ppd') === domain) return domain
  }
  return ''
}
