/** Query parameters that never leave the page or reach disk. Matched whole, in any case. */
export const redactedParams = [
  'email',
  'e-mail',
  'mail',
  'phone',
  'tel',
  'token',
  'access_token',
  'id_token',
  'password',
  'passwd',
  'pwd',
  'key',
  'api_key',
  'secret',
  'auth',
]

const words = /[^\s/?#&=:;,<>"']+/g
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i

/** Whether a parameter or member of this name loses its value. `more`: the site's own names, in lower case. */
export const isRedacted = (name: string, more: readonly string[] = []): boolean => {
  const folded = name.toLowerCase()
  return redactedParams.includes(folded) || more.includes(folded)
}

/**
 * A page address without user name, e-mail-like values and denied parameters. All else stays letter for letter.
 * @param more parameters that this site denies as well, in lower case
 */
export function cleanUrl(url: string, more: readonly string[] = []): string {
  const address = url.includes('@') ? url.replace(userInfo, '$1') : url
  return withoutEmails(more.length || mayHaveDenied.test(address) ? withoutDenied(address, more) : address)
}

/** A quick look: nearly all addresses have none of them. */
const mayHaveDenied = new RegExp(`[?&#](?:${redactedParams.join('|')})=`, 'iu')

const withoutDenied = (address: string, more: readonly string[]): string =>
  address.replace(/([?&#])([^=&#?]+)=([^&#]*)/g, (whole, mark: string, name: string) =>
    isRedacted(name, more) ? `${mark}${name}=redacted` : whole,
  )

/** Any text with `redacted` in the place of each e-mail-like word. */
export const withoutEmails = (text: string): string =>
  text.includes('@') || text.includes('%40') ? text.replace(words, withoutEmail) : text

/** Word by word and from the left: one expression for a whole address takes seconds on a long row of `%40`. */
function withoutEmail(word: string): string {
  const local = /^.[^@%]*(?:%(?!40)[^@%]*)*(?:@|%40)/.exec(word)?.[0]
  const domain = local && /^.+\.[a-z]{2,}/i.exec(word.slice(local.length))?.[0]
  return domain ? `redacted${word.slice(local.length + domain.length)}` : word
}
