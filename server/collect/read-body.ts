import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../../shared/errors.ts'

/** A refusal as the client sees it. */
export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
}

export type Body = { readonly text: string } | { readonly refusal: Refusal }

const tooLarge = (most: number): Body => ({
  refusal: { status: 413, code: 'BODY_TOO_LARGE', message: `The body is larger than ${most} bytes.` },
})

/** An operator's fault and not the sender's, who may try again: a 4xx would make a page give the event up. */
const readBefore: Body = {
  refusal: {
    status: 500,
    code: 'INTERNAL',
    message: 'The body was read before it came here: mount the collector before all that reads bodies.',
  },
}

/** The request body as text: counted while it is read, and valid UTF-8, or a refusal. Nothing beyond the limit is kept. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Body> {
  if (request.headers['content-encoding'] && request.headers['content-encoding'] !== 'identity')
    return { refusal: { status: 415, code: 'BODY_UNREADABLE', message: 'Compressed bodies are not taken.' } }
  if (request.readableDidRead) return readBefore
  if (Number(request.headers['content-length']) > mostBytes) {
    discard(request)
    return tooLarge(mostBytes)
  }
  const bytes = await readBytes(request, mostBytes)
  if (bytes === 'too large') {
    discard(request)
    return tooLarge(mostBytes)
  }
  if (bytes === 'broken off')
    return { refusal: { status: 400, code: 'BODY_UNREADABLE', message: 'The body broke off.' } }
  try {
    return { text: utf8.decode(bytes) }
  } catch {
    return { refusal: { status: 400, code: 'BODY_NOT_UTF8', message: 'The body is not valid UTF-8.' } }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** By events: an async iterator costs as much as all the rest of a small body's way. */
function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer | 'too large' | 'broken off'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let bytes = 0
    const take = (part: Buffer): void => {
      bytes += part.length
      if (bytes <= mostBytes) parts.push(part)
      else {
        request.off('data', take)
        resolve('too large')
      }
    }
    request.on('data', take)
    request.once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
    for (const broken of ['error', 'close'] as const) request.once(broken, () => resolve('broken off'))
  })
}

const discardAtMost = 262_144
const lingerMs = 250

/**
 * Lets a sender read the refusal instead of a reset: a little of what still comes is thrown away, then nothing more is
 * read, so memory stays flat; a sender that has not gone by itself is cut off soon.
 */
function discard(request: IncomingMessage): void {
  let bytes = 0
  const end = setTimeout(() => request.destroy(), lingerMs)
  for (const over of ['end', 'close'] as const) request.once(over, () => clearTimeout(end))
  request.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > discardAtMost) request.pause()
  })
  request.resume()
}
