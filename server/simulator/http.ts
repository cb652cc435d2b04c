import type { Request, Response } from 'express'
import type { Answer } from './platform.ts'

/** The body as text; `express.raw` leaves none when there is nothing to read. */
export const readText = (request: Request): string => {
  const body: unknown = request.body
  return Buffer.isBuffer(body) ? body.toString('utf8') : ''
}

/** The fields of a form body, of either kind; undefined for any other body. */
export async function readForm(request: Request, text: string): Promise<Record<string, string> | undefined> {
  const type = request.get('content-type') ?? ''
  if (!type.includes('form')) return undefined
  try {
    const form = await new globalThis.Response(text, { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
  } catch {
    return {}
  }
}

/** The query, with repeated parameters kept. */
export const queryOf = (request: Request): URLSearchParams =>
  new URL(request.originalUrl, 'http://localhost').searchParams

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (request: Request): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]

/** What an answer's body looks like on the wire. */
export const wireText = ({ body }: Answer): string => (typeof body === 'string' ? body : JSON.stringify(body))

/** Writes an answer. */
export function sendAnswer(response: Response, { status, headers = {}, body }: Answer): void {
  response.status(status).set(headers)
  if (typeof body === 'string') response.type(headers['content-type'] ?? 'text/plain').send(body)
  else response.json(body)
}
