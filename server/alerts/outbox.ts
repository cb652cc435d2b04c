import { createHash } from 'node:crypto'
import { minuteMs } from '../../shared/limits.ts'
import type { Message } from './message.ts'

/** A message that one webhook has not taken yet. */
export interface Owed {
  /** Digest of the address: the address itself is a secret of the settings. */
  readonly to: string
  readonly message: Message
  readonly tries: number
  /** Epoch ms of the next try. */
  readonly at: number
}

/** As much of the sender as is used here (server/deliver/send.ts). */
export type Post = (request: {
  readonly method: 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => Promise<
  | { readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> } }
  | { readonly failed: string; readonly written: boolean }
>

export type Posted = 'taken' | 'again' | 'refused'

/** Waits between tries; after the last one a message is given up, with a line in the log. */
const waitsMs = [5_000, 30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs] as const
/** A webhook that is away for long gets the newest. */
const mostOwed = 100
const longestHintMs = 30 * minuteMs

export const digestOf = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 16)

/** Adds a message for each webhook; beyond a hundred the oldest go. */
export const owe = (owed: readonly Owed[], message: Message, urls: readonly string[], now: number): readonly Owed[] =>
  [...owed, ...urls.map((url) => ({ to: digestOf(url), message, tries: 0, at: now }))].slice(-mostOwed)

/** Posts one message. `why` has no address in it: whoever knows one may post there. */
export async function post(
  send: Post,
  url: string,
  message: Message,
): Promise<{ readonly posted: Posted; readonly why: string; readonly afterMs?: number }> {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'pairpixel' }
  const sent = await send({ method: 'POST', url, headers, body: JSON.stringify(message) })
  if ('failed' in sent) return { posted: sent.failed === 'PRIVATE_ADDRESS' ? 'refused' : 'again', why: sent.failed }
  const { status, headers: answered } = sent.answer
  const why = `status ${status}`
  if (status >= 200 && status < 300) return { posted: 'taken', why }
  if (status !== 408 && status !== 429 && status < 500) return { posted: 'refused', why }
  const hint = Number(answered['retry-after'])
  return { posted: 'again', why, ...(hint > 0 && { afterMs: Math.min(hint * 1000, longestHintMs) }) }
}

/** What is still owed after one more try; undefined: nothing more, it was taken, refused or given up. */
export function afterTry(
  one: Owed,
  { posted, afterMs = 0 }: { readonly posted: Posted; readonly afterMs?: number },
  now: number,
): Owed | undefined {
  const wait = waitsMs[one.tries]
  if (posted !== 'again' || wait === undefined) return undefined
  return { ...one, tries: one.tries + 1, at: now + Math.max(wait, afterMs) }
}
