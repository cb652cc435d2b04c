import type { ServerResponse } from 'node:http'
import type { Refusal } from './read-body.ts'

export type Headers = Readonly<Record<string, string | string[]>>

/** Answers with JSON, or with nothing when there is nothing to say. */
export function reply(response: ServerResponse, status: number, body?: unknown, headers: Headers = {}): void {
  if (response.headersSent || response.destroyed) return
  if (body === undefined) {
    response.writeHead(status, headers).end()
    return
  }
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    })
    .end(text)
}

/** A short code and one sentence; more only where the caller can use it. */
export const refuse = (
  response: ServerResponse,
  { status, code, message }: Refusal,
  headers: Headers = {},
  more: object = {},
): void => reply(response, status, { error: { code, message }, ...more }, headers)
