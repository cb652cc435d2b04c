import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import type { HttpRequest, HttpResponse } from '../destinations/destination.ts'

/** `written`: the request may have reached the platform, so a repeat is counted as ambiguous. */
export type Sent = { readonly answer: HttpResponse } | { readonly failed: string; readonly written: boolean }

/** @param events how many the request carries: an answer may have a word on each */
export type Send = (request: HttpRequest, events?: number) => Promise<Sent>

/** What is read of an answer at most: enough for a word on every event of a large batch. */
const answerBytes = { base: 65_536, perEvent: 512 }

/** Errors before the first byte of a request left. */
const neverWritten = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'PRIVATE_ADDRESS', // refused by a lookup of our own
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
])

export interface SendLimits {
  /** Until there is a connection. */
  readonly connectMs?: number
  /** From the first step to the last byte of the answer. */
  readonly totalMs?: number
  /** How host names become addresses; absent: as the machine does. It may refuse one with an error. */
  readonly lookup?: LookupFunction
}

export interface Sender {
  readonly send: Send
  close(): Promise<void>
}

/** The only outgoing requests of the collector: pooled, ten seconds in all, no redirects, answers read to 64 KiB and half a KiB per event. */
export function createSender({ connectMs = 3000, totalMs = 10_000, lookup }: SendLimits = {}): Sender {
  const connect = { timeout: connectMs, ...(lookup && { lookup }) }
  const agent = new Agent({ connections: 8, pipelining: 1, connect })
  return {
    send: (request, events = 1) => sendWith(agent, request, totalMs, answerBytes.base + answerBytes.perEvent * events),
    close: () => agent.destroy(),
  }
}

async function sendWith(
  agent: Dispatcher,
  { method, url, headers, body }: HttpRequest,
  totalMs: number,
  mostBytes: number,
): Promise<Sent> {
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
    const text = await readUpTo(answer.body, mostBytes)
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
