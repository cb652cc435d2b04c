/** Query parameters that never leave the page or reach disk. Matched whole, in any case. */
export const redactedParams = ['email', 'e-mail', 'mail', 'phone', 'tel', 'token', 'access_token', 'id_token', 'password', 'passwd', 'pwd', 'key', 'api_key', 'secret', 'auth']

const emailLike = /[^\s/?#&=:;,<>"']+(?:@|%40)[^\s/?#&=:;,<>"'@]+\.[a-z]{2,}/gi
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i

/** A page address without user name, e-mail-like values and denied parameters. All else stays letter for letter. */
export function cleanUrl(url: string, denied: readonly string[] = redactedParams): string {
  return url
    .replace(userInfo, '$1')
    .replace(/([?&#])([^=&#?]+)=([^&#]*)/g, (whole, mark: string, name: string) =>
      denied.includes(name.toLowerCase()) ? `${mark}${name}=redacted` : whole,
    )
    .replace(emailLike, 'redacted')
}
