import type { LookupFunction } from 'node:net'
import { Agent } from 'undici'

/** An answer as it came; header names in lower case. */
export interface Answer {
  readonly url: URL
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly setCookies: readonly string[]
  readonly body: string
  /** Our clock when it came, less half of the way, epoch ms. */
  readonly at: number
}

/** A code such as ECONNREFUSED; no answer came. */
export interface NoAnswer {
  readonly url: URL
  readonly failed: string
}

export interface AskOptions {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Redirects that are followed at most. */
  readonly redirects?: number
}

export type Ask = (url: URL, options?: AskOptions) => Promise<Answer | NoAnswer>

export interface AskDeps {
  readonly now: () => number
  /** How names become addresses; absent: as the machine does. */
  readonly lookup?: LookupFunction
  /** Certificates that are believed beside the usual ones. */
  readonly ca?: string
}

const totalMs = 10_000
const mostBytes = 2 * 1024 * 1024

export const isAnswer = (answer: Answer | NoAnswer): answer is Answer => 'status' in answer

/** Asks a site as a visitor's browser would: ten seconds in all, redirects within http and https, 2 MiB at most. */
export function createAsk({ now, lookup, ca }: AskDeps): { readonly ask: Ask; close(): Promise<void> } {
  const connect = { timeout: 5000, ...(lookup && { lookup }), ...(ca !== undefined && { ca }) }
  const agent = new Agent({ connect, connections: 2, pipelining: 1 })

  async function once(url: URL, { method = 'GET', headers = {}, body }: AskOptions): Promise<Answer | NoAnswer> {
    const startedAt = now()
    try {
      const sent = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: { 'user-agent': 'Mozilla/5.0 (compatible; pairpixel-doctor)', accept: '*/*', ...headers },
        body: body ?? null,
        signal: AbortSignal.timeout(totalMs),
      })
      const at = (startedAt + now()) / 2
      const parts: Buffer[] = []
      let bytes = 0
      for await (const part of sent.body as AsyncIterable<Buffer>) {
        parts.push(part)
        bytes += part.length
        if (bytes >= mostBytes) break
      }
      const given = Object.entries(sent.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      )
      return {
        url,
        status: sent.statusCode,
        headers: Object.fromEntries(
          given.map(([name, value]) => [String(name).toLowerCase(), Array.isArray(value) ? value.join(', ') : value]),
        ) as Answer['headers'],
        setCookies: [sent.headers['set-cookie'] ?? []].flat(),
        body: Buffer.concat(parts).toString('utf8'),
        at,
      }
    } catch (error) {
      return { url, failed: codeOf(error) }
    }
  }

  async function ask(url: URL, options: AskOptions = {}): Promise<Answer | NoAnswer> {
    const answer = await once(url, options)
    const { redirects = 0 } = options
    if (!isAnswer(answer) || redirects < 1 || ![301, 302, 303, 307, 308].includes(answer.status)) return answer
    const { location = '' } = answer.headers
    if (!URL.canParse(location, url)) return answer
    const next = new URL(location, url)
    return /^https?:$/.test(next.protocol) ? ask(next, { ...options, redirects: redirects - 1 }) : answer
  }
  return { ask, close: () => agent.destroy() }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT'
  const { code, cause } = error as NodeJS.ErrnoException
  return code ?? (cause instanceof Error ? codeOf(cause) : error.name)
}
