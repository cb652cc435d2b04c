import { sessionLife } from './sessions.ts'

/**
 * How the session's cookie is called and bound. `__Host-` asks for `Secure` and the path `/`, and `Secure` for https: so it
 * is used at the public https address alone. On this machine, over plain http, the cookie has a name of its own, the path
 * `/admin`, and the port in its name, for cookies know no ports and two collectors would log each other out.
 */
export interface CookieForm {
  readonly name: string
  readonly attributes: string
}

export const cookieForm = (isHttps: boolean, port: number | undefined): CookieForm => {
  const common = `HttpOnly; SameSite=Strict; Max-Age=${sessionLife.mostMs / 1000}`
  return isHttps
    ? { name: '__Host-pairpixel', attributes: `Path=/; Secure; ${common}` }
    : { name: `pairpixel_admin_${port ?? 0}`, attributes: `Path=/admin; ${common}` }
}

export const setCookie = ({ name, attributes }: CookieForm, value: string): string => `${name}=${value}; ${attributes}`

export const clearCookie = ({ name, attributes }: CookieForm): string =>
  `${name}=; ${attributes.replace(/Max-Age=\d+/, 'Max-Age=0')}`

/** The value of a cookie in a `Cookie` header; of two with one name none, for one may be planted. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(/; */).flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 && pair.slice(0, at) === name ? [pair.slice(at + 1)] : []
  })
  return values.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(values[0]!) ? values[0] : undefined
}
