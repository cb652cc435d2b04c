import { readIp, type Ip } from '../../shared/ip.ts'

export interface IpSources {
  /** What the browser kept; a library's suffix may follow the address. */
  readonly cookieIp?: string | null
  /** The `X-Forwarded-For` header; only from a proxy that is trusted. */
  readonly forwardedFor?: string | null
  /** The socket's address. */
  readonly remote?: string | null
}

const suffix = /\.(?:[\w-]{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

/**
 * The visitor's address: the browser's before the request's, IPv6 before IPv4, public ones only. Meta pairs by it with
 * its pixel's hit, which prefers IPv6.
 */
export function chooseClientIp({ cookieIp, forwardedFor, remote }: IpSources): string | undefined {
  const browser = publicIp(cookieIp?.trim().replace(suffix, ''))
  const request = publicIp(forwardedFor?.split(',')[0]) ?? publicIp(remote)
  const known = [browser, request].filter((ip) => ip !== undefined)
  return (known.find((ip) => ip.version === 6) ?? known[0])?.text
}

function publicIp(text: string | null | undefined): Ip | undefined {
  const ip = text ? readIp(text) : undefined
  return ip?.isPublic ? ip : undefined
}
