import type { ErrorRequestHandler, Response } from 'express'
import type { ErrorCode } from '../../../shared/errors.ts'

export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
}

/** A refusal of the dashboard's API, as the page reads it. */
export const refuse = (response: Response, { status, code, message }: Refusal): void =>
  void response.status(status).json({ error: { code, message } })

const wrongBody: Refusal = { status: 400, code: 'BODY_WRONG_SHAPE', message: 'The body is no JSON object.' }
const largeBody: Refusal = { status: 413, code: 'BODY_TOO_LARGE', message: 'The body is larger than 16,384 bytes.' }

/** Four arguments make Express call it for errors. The cause may name files and stays with the process. */
export const troubleHandler =
  (log: (error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    const { status } = error as { status?: unknown }
    if (typeof status === 'number' && status < 500) return refuse(response, status === 413 ? largeBody : wrongBody)
    log(error)
    refuse(response, { status: 503, code: 'STORE_UNAVAILABLE', message: 'The store cannot be read just now.' })
  }

/** What was asked for cannot be done as things stand; the sentence says why. */
export const notPossible = (message: string): Refusal => ({ status: 409, code: 'NOT_POSSIBLE', message })
