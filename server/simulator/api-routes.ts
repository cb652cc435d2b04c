import { setTimeout as wait } from 'node:timers/promises'
import express, { type Request, type Response, type Router } from 'express'
import { isFields, parseJson } from './check.ts'
import { bearerOf, queryOf, readForm, readText, sendAnswer, wireText } from './http.ts'
import { waitMs, type Mode, type ModeName, type ModeSwitch, type ProxyName } from './modes.ts'
import { refusal, type Answer, type Call, type Platform, type Verdict } from './platform.ts'
import type { RateMeter } from './rates.ts'
import type { PlatformRecord } from './record.ts'

const page = '<!doctype html><title>Sorry</title><h1>Something is in the way</h1>'

/** What something in front of the platform answers. */
const proxies: Readonly<Record<ProxyName, Answer>> = {
  html: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page },
  empty: { status: 200, body: '' },
  // A name that exists nowhere: a sender that follows is stopped there.
  redirect: { status: 307, headers: { location: 'https://elsewhere.invalid/' }, body: '' },
}

/** What a mode makes of an answer that the rules gave. */
const afterRules: Readonly<Partial<Record<ModeName, (answer: Answer, platform: Platform) => Answer>>> = {
  busy: (answer, { busyHeaders }) => ({ ...answer, headers: { ...answer.headers, ...busyHeaders } }),
  cut: (answer) => {
    const text = wireText(answer)
    const headers = { ...answer.headers, 'content-type': 'application/json' }
    return { ...answer, headers, body: text.slice(0, text.length / 2) }
  },
}

interface Part {
  readonly platform: Platform
  readonly record: PlatformRecord
  readonly modes: ModeSwitch
  readonly meter: RateMeter
}

/** The verdict on one call: of the mode if it has one, of the rate limits, else of the rules. */
function decide({ platform, meter }: Part, call: Call): Verdict {
  const { mode } = call.mode
  const inTheWay = Object.hasOwn(proxies, mode) ? proxies[mode as ProxyName] : undefined
  if (inTheWay) return refusal(inTheWay)
  const faults: Readonly<Partial<Record<ModeName, (call: Call) => Answer>>> = platform.faults
  const fault = faults[mode]
  if (fault) return refusal(fault(call))
  const events = call.mode.events_per_second === undefined ? 0 : platform.countEvents(call)
  const over = meter.take(call.now, events, call.mode)
  if (over) return refusal(platform.overLimit(call, over))
  const verdict = platform.answer(call)
  return { ...verdict, answer: afterRules[mode]?.(verdict.answer, platform) ?? verdict.answer }
}

const pause = (mode: Mode): Promise<unknown> => wait(waitMs(mode), undefined, { ref: false })

/** The server API of one platform, under the mode of the moment. */
export function createApiRoutes(part: Part, now: () => number): Router {
  const { platform, record, modes } = part
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
    const text = readText(request)
    const form = await readForm(request, text)
    const call = { ...toCall(request, mode, now()), text, form, log: record.accepted() }
    const verdict = decide(part, call)
    const { status, body } = verdict.answer
    record.accept(verdict.accepted, mode)
    if (verdict.refused)
      record.refuse({
        at: call.now,
        path: call.path,
        mode: mode.mode,
        status,
        answer: body,
        body: withoutToken(form ?? parseJson(text)),
      })
    if (mode.mode === 'lost_answer') request.socket.destroy()
    else sendAnswer(response, verdict.answer)
  }

  for (const { method, path } of platform.routes)
    router[method](path, takeMode, express.raw({ type: () => true, limit: '8mb' }), answer)
  return router
}

const toCall = (request: Request, mode: Mode, now: number): Omit<Call, 'text' | 'form' | 'log'> => ({
  method: request.method,
  path: request.path,
  params: Object.fromEntries(
    Object.entries(request.params).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  ),
  query: queryOf(request),
  bearer: bearerOf(request),
  userAgent: request.get('user-agent'),
  now,
  mode,
})

/** A body may carry the token, and what is recorded is shown. */
const withoutToken = (body: unknown): unknown =>
  isFields(body) && 'access_token' in body ? { ...body, access_token: '***' } : body
