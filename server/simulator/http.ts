import type { Request, Response } from 'express'
import type { Answer } from './platform.ts'

/** The body as text; `express.raw` leaves none when there is nothing to read. */
export const readText = (request: Request): string => {
  const body: unknown = request.body
  return Buffer.isBuffer(body) ? body.toString('utf8') : ''
}

export const queryOf = (request: Request): URLSearchParams =>
  new URL(request.originalUrl, 'http://localhost').searchParams

export const bearerOf = (request: Request): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]

export function sendAnswer(response: Response, { status, headers = {}, body }: Answer): void {
  response.status(status).set(headers)
  if (typeof body === 'string') response.type(headers['content-type'] ?? 'text/plain').send(body)
  else response.json(body)
}
