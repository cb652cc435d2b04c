import { Agent, type Dispatcher } from 'undici'
import type { HttpRequest, HttpResponse } from '../destinations/destination.ts'

/** `written`: the request may have reached the platform, so a repeat is counted as ambiguous. */
export type Sent = { readonly answer: HttpResponse } | { readonly failed: string; readonly written: boolean }

export type Send = (request: HttpRequest) => Promise<Sent>

const connectMs = 3000
const totalMs = 10_000
const answerBytes = 65_536

/** Errors before the first byte of a request left. */
const neverWritten = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

export interface Sender {
  readonly send: Send
  close(): Promise<void>
}

/** The only outgoing requests of the collector: pooled, ten seconds in all, no redirects, answers read to 64 KiB. */
export function createSender(): Sender {
  const agent = new Agent({ connections: 8, pipelining: 1, connect: { timeout: connectMs } })
  return {
    send: (request) => sendWith(agent, request),
    close: () => agent.destroy(),
  }
}

async function sendWith(agent: Dispatcher, { method, url, headers, body }: HttpRequest): Promise<Sent> {
  try {
    const { origin, pathname, search } = new URL(url)
    const answer = await agent.request({
      origin,
      path: pathname + search,
      method,
      headers,
      body: method === 'POST' ? Buffer.from(body) : null,
      // A time limit on the body alone does not stop a slow drip; this one ends everything.
      signal: AbortSignal.timeout(totalMs),
    })
    const text = await readUpTo(answer.body, answerBytes)
    return { answer: { status: answer.statusCode, headers: plainHeaders(answer.headers), body: text } }
  } catch (error) {
    const code = codeOf(error)
    // The message may carry the URL and with it a token, so only the code is told.
    return { failed: code, written: !neverWritten.has(code) }
  }
}

async function readUpTo(body: Dispatcher.ResponseData['body'], most: number): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part)
    bytes += part.length
    if (bytes >= most) break // leaving the loop destroys the rest
  }
  return Buffer.concat(parts).subarray(0, most).toString('utf8')
}

const plainHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT'
  const { code, cause } = error as NodeJS.ErrnoException
  return code ?? (cause instanceof Error ? codeOf(cause) : error.name)
}
