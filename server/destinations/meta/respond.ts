import { everyone, rawWords, readBody, refused, retryAfterMs, words, type Json } from '../answer.ts'
import type { HttpResponse, Outcome } from '../destination.ts'
import { verdictOf } from './codes.ts'
import { slowDownMs } from './usage.ts'

/** Meta takes or refuses a request whole, so every payload has the same outcome. */
export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const isGood = status >= 200 && status < 300
  const body = readBody(response)
  if (isGood && body && !body.error) return accepted(body, response, sent)
  // A yes that cannot be read may have been one, so it is asked again only a few times.
  if (isGood && !body) return everyone(sent, unreadable(response))
  const { kind, why, fix, code, trace, afterMs, growing } = verdictOf(response)
  if (kind === 'retry' || kind === 'throttle')
    return everyone(sent, { kind: 'retry', why, afterMs, ...(growing && { growing }), trace })
  if (kind === 'halted') return everyone(sent, { kind, why, fix, code, ...(afterMs && { afterMs }), trace })
  // Nobody knows what an unlisted code means: a batch is split, a single event gets three tries.
  if (kind === 'unknown' && sent.length === 1)
    return everyone(sent, { kind: 'retry', why, unreadable: true, afterMs, trace })
  return refused(sent, { why, fix, code, trace })
}

function accepted(body: Json, response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const received = body.events_received ?? body.num_processed_entries
  const trace = typeof body.fbtrace_id === 'string' ? body.fbtrace_id : undefined
  if (typeof received !== 'number') return everyone(sent, unreadable(response))
  if (received < sent.length) {
    const why = `Meta counted ${received} of ${sent.length} events.`
    return everyone(sent, { kind: 'retry', why, unreadable: true, trace })
  }
  const why = words(...[body.messages].flat()) || undefined
  return everyone(sent, { kind: 'accepted', trace, why, afterMs: slowDownMs(response) })
}

const unreadable = (response: HttpResponse): Outcome => ({
  kind: 'retry',
  why: rawWords(response),
  unreadable: true,
  afterMs: retryAfterMs(response),
})
