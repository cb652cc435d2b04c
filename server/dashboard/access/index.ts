import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { clearCookie, cookieForm, readCookie, setCookie, type CookieForm } from './cookie.ts'
import { createSessions } from './sessions.ts'
import { createTries } from './tries.ts'

export type LogIn =
  | { readonly kind: 'in'; readonly cookie: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly ms: number }

/** Who may see and do what the dashboard shows and does: everybody with the admin token, for as long as a session lasts. */
export interface Access {
  /** The token as somebody typed it → a session, told as a `Set-Cookie` line. */
  logIn(token: string, request: IncomingMessage): LogIn
  /** The token as a program brings it with each request: wrong ones count as they do at the login. */
  check(token: string, request: IncomingMessage): 'right' | 'wrong' | 'wait'
  /** Ends the session; the `Set-Cookie` line that takes the cookie away. */
  logOut(request: IncomingMessage): string
  /** Has this request a session? `touch`: it is a person's own, not an open stream's. */
  isIn(request: IncomingMessage, touch: boolean): boolean
  /** Another token from now on: sessions of the old one end. The same one changes nothing. */
  change(digest: Buffer): void
  /** Names beside those of this machine under which the dashboard may be asked: the host of its public address. */
  readonly publicHost?: string
}

export interface AccessOptions {
  /** SHA-256 of the admin token; `digestOf` makes it. */
  readonly digest: Buffer
  /** Epoch ms. */
  readonly now: () => number
  /** The https address under which a proxy serves the dashboard. */
  readonly publicUrl?: string
}

/** A token has 256 random bits, or is as long as the settings demand: a plain digest of it cannot be guessed back. */
export const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The login of the dashboard, over a digest of the token; sessions live in this process alone. */
export function createAccess({ digest: given, now, publicUrl }: AccessOptions): Access {
  const sessions = createSessions()
  const tries = createTries()
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).host.toLowerCase()
  const isHttps = publicUrl?.startsWith('https:') ?? false
  let digest = given
  const formOf = ({ headers, socket }: IncomingMessage): CookieForm =>
    cookieForm(isHttps && headers.host?.toLowerCase() === publicHost, socket.localPort)
  const idOf = (request: IncomingMessage) => readCookie(request.headers.cookie, formOf(request).name)
  /** Undefined: it is the token. */
  const refusal = (token: string, { socket }: IncomingMessage): Exclude<LogIn, { kind: 'in' }> | undefined => {
    const at = now()
    const address = socket.remoteAddress ?? ''
    const ms = tries.waitMs(address, at)
    if (ms > 0) return { kind: 'wait', ms }
    const isRight = timingSafeEqual(digest, digestOf(token))
    if (isRight) tries.forgive(address)
    else tries.failed(address, at)
    return isRight ? undefined : { kind: 'refused' }
  }
  return {
    ...(publicHost !== undefined && { publicHost }),
    logIn: (token, request) =>
      refusal(token, request) ?? { kind: 'in', cookie: setCookie(formOf(request), sessions.open(now())) },
    check(token, request) {
      const refused = refusal(token, request)
      if (!refused) return 'right'
      return refused.kind === 'wait' ? 'wait' : 'wrong'
    },
    logOut(request) {
      const id = idOf(request)
      if (id !== undefined) sessions.end(id)
      return clearCookie(formOf(request))
    },
    isIn: (request, touch) => sessions.has(idOf(request), now(), touch),
    change(next) {
      if (timingSafeEqual(digest, next)) return
      digest = next
      sessions.endAll()
    },
  }
}
