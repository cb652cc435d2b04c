import express, { type RequestHandler, type Router } from 'express'
import type { Access } from '../access/index.ts'
import { isOwnPost } from '../guard.ts'
import { refuse } from './answer.ts'

export interface LoginDeps {
  /** Absent: nobody comes in. */
  readonly access?: Access
  readonly demo: boolean
  readonly audit: (what: string, about: Readonly<Record<string, unknown>>) => void
}

/** Every change comes from the dashboard's own page, as JSON. */
export const ownPostsOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next()
  if (request.method !== 'POST')
    return refuse(response, { status: 405, code: 'METHOD_REFUSED', message: 'Changes are posted.' })
  if (!isOwnPost(request))
    return refuse(response, {
      status: 403,
      code: 'ORIGIN_REFUSED',
      message: 'Changes come from the dashboard’s own page, with X-Pairpixel: 1.',
    })
  next()
}

/** Small JSON objects. */
export const jsonBody = express.json({ limit: 16_384, strict: true })

/** Login, logout and `me`: the only parts of the API that are there without a session. */
export function addLogin(router: Router, { access, demo, audit }: LoginDeps): void {
  router.get('/me', (request, response) => void response.json({ loggedIn: access?.isIn(request, true) ?? false, demo }))
  router.post('/login', jsonBody, (request, response) => {
    const { token } = (request.body ?? {}) as { token?: unknown }
    if (typeof token !== 'string' || token.length > 1024)
      return refuse(response, { status: 400, code: 'BODY_WRONG_SHAPE', message: 'A token is needed.' })
    const result = access?.logIn(token.trim(), request) ?? { kind: 'refused' as const }
    audit('login', { result: result.kind, from: request.socket.remoteAddress })
    if (result.kind === 'in') return void response.set('Set-Cookie', result.cookie).json({ done: 'You are logged in.' })
    if (result.kind === 'refused')
      return refuse(response, {
        status: 401,
        code: 'LOGIN_REFUSED',
        message: 'This is not the admin token of this collector.',
      })
    const minutes = Math.ceil(result.ms / 60_000)
    response.set('Retry-After', String(Math.ceil(result.ms / 1000)))
    const words = `Too many wrong tokens; try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
    refuse(response, { status: 429, code: 'TOO_MANY_TRIES', message: words })
  })
  router.post('/logout', (request, response) => {
    if (access) response.set('Set-Cookie', access.logOut(request))
    audit('logout', {})
    response.json({ done: 'You are logged out.' })
  })
}

/** Everything behind it asks for a session. */
export const sessionsOnly =
  (access: Access | undefined): RequestHandler =>
  (request, response, next) => {
    if (access?.isIn(request, true)) return next()
    refuse(response, { status: 401, code: 'NOT_LOGGED_IN', message: 'Log in with the admin token first.' })
  }
