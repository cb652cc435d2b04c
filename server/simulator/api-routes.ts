import { setTimeout as wait } from 'node:timers/promises'
import express, { type Request, type Response, type Router } from 'express'
import { parseJson } from './check.ts'
import { bearerOf, queryOf, readText, sendAnswer } from './http.ts'
import { waitMs, type Mode, type ModeName, type ModeSwitch } from './modes.ts'
import type { Answer, Call, Platform } from './platform.ts'
import type { PlatformRecord } from './record.ts'

const page = '<!doctype html><title>Sorry</title><h1>Something is in the way</h1>'

/** What a mode answers instead of the rules; modes without a row let the rules answer. */
const instead: Readonly<Partial<Record<ModeName, (platform: Platform, call: Call, mode: Mode) => Answer>>> = {
  rate_limited: (platform, call, { retry_after }) => platform.rateLimited(call, retry_after),
  down: (platform, call) => platform.down(call),
  token_revoked: (platform, call) => platform.tokenRevoked(call),
  html: () => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page }),
}

const pause = (mode: Mode): Promise<unknown> => wait(waitMs(mode), undefined, { ref: false })

/** The server API of one platform, under the mode of the moment. */
export function createApiRoutes(
  platform: Platform,
  record: PlatformRecord,
  modes: ModeSwitch,
  now: () => number,
): Router {
  const router = express.Router()

  /** Before the body is read, so that `reset` leaves the sender in the middle of writing. */
  const takeMode = async (request: Request, response: Response, next: () => void): Promise<void> => {
    record.request()
    const mode = modes.take()
    response.locals['mode'] = mode
    if (mode.mode !== 'reset') return next()
    await pause(mode)
    request.socket.destroy()
  }

  const answer = async (request: Request, response: Response): Promise<void> => {
    const mode = response.locals['mode'] as Mode // set by takeMode
    // A platform goes on with what it has read although the sender may have gone.
    await pause(mode)
    const call = toCall(request, record, now())
    const fault = instead[mode.mode]
    const verdict = fault ? { answer: fault(platform, call, mode), accepted: [] } : platform.answer(call)
    record.accept(verdict.accepted)
    const { status, body } = verdict.answer
    if (fault || status !== 200)
      record.refuse({
        at: call.now,
        path: call.path,
        mode: mode.mode,
        status,
        answer: body,
        body: withoutToken(call.text),
      })
    if (mode.mode === 'lost_answer') request.socket.destroy()
    else sendAnswer(response, verdict.answer)
  }

  for (const { method, path } of platform.routes)
    router[method](path, takeMode, express.raw({ type: () => true, limit: '8mb' }), answer)
  return router
}

const toCall = (request: Request, record: PlatformRecord, now: number): Call => ({
  path: request.path,
  params: Object.fromEntries(
    Object.entries(request.params).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  ),
  query: queryOf(request),
  bearer: bearerOf(request),
  userAgent: request.get('user-agent'),
  contentType: request.get('content-type') ?? '',
  text: readText(request),
  now,
  log: record.accepted(),
})

/** A body may carry the token, and what is recorded is shown. */
const withoutToken = (text: string): unknown => {
  const body = parseJson(text)
  return typeof body === 'object' && body !== null && 'access_token' in body ? { ...body, access_token: '***' } : body
}
