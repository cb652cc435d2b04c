import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stopServer } from './harness.ts'

type Json = Readonly<Record<string, unknown>>

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface ExamplePlatform {
  readonly url: string
  /** Status of every answer so far. */
  readonly statuses: readonly number[]
  /** Events it counted. */
  readonly taken: readonly Json[]
  /** The one token it knows. */
  token: string
  /** Refuses requests for this long from the next one on. */
  rateLimitMs: number
  close(): Promise<void>
}

/** The invented platform of docs/adding-a-destination.md, written from that page's section "The platform" alone. */
export async function startExamplePlatform(token: string): Promise<ExamplePlatform> {
  const statuses: number[] = []
  const taken: Json[] = []
  let limitedUntil = 0
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const { status, body, headers } = answer(request, text)
      statuses.push(status)
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const platform = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    statuses,
    taken,
    token,
    rateLimitMs: 0,
    close: () => stopServer(server),
  }

  function answer({ method, url, headers }: IncomingMessage, text: string): Answer {
    const problem = (status: number, message: string, more: Json = {}): Answer => ({
      status,
      body: { error: { code: 'refused', message, ...more } },
    })
    if (headers.authorization !== `Bearer ${platform.token}`)
      return problem(401, `There is no token ${headers.authorization ?? ''}`)
    if (method !== 'POST' || url !== '/v1/sources/src_1001/events') return problem(404, 'There is no such source.')
    if (headers['content-type'] !== 'application/json') return problem(400, 'This is no JSON.')
    if (platform.rateLimitMs) {
      limitedUntil = Date.now() + platform.rateLimitMs
      platform.rateLimitMs = 0
    }
    if (Date.now() < limitedUntil)
      return {
        ...problem(429, 'Too many requests.'),
        headers: { 'Retry-After': String(Math.ceil((limitedUntil - Date.now()) / 1000)) },
      }
    const { events, ...rest } = JSON.parse(text) as { events: readonly Json[] }
    if (Object.keys(rest).length || !Array.isArray(events) || events.length < 1 || events.length > 500)
      return problem(400, 'This is no batch of 1 to 500 events.')
    const bad = events.flatMap((event: Json, index) => {
      const message = faultOf(event)
      return message ? [{ index, message }] : []
    })
    if (bad.length) return problem(400, 'None was taken.', { code: 'invalid_events', events: bad })
    for (const event of events as readonly Json[])
      if (!taken.some(({ name, id }) => name === event.name && id === event.id)) taken.push(event)
    return { status: 200, body: { accepted: events.length, trace: `t-${statuses.length}` } }
  }

  return platform
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += String(part)
  return text
}

const maxAgeMs = 7 * 24 * 3_600_000

/** What is wrong with an event; undefined when nothing is. */
function faultOf(event: Json): string | undefined {
  const { name, id, time, channel, user = {}, value, currency } = event
  const { email, ip_address: ip, user_agent: agent } = user as Json
  if (hasNothing(event)) return 'A field is null or empty.'
  if (typeof name !== 'string' || name.length > 50) return 'The name is none.'
  if (typeof id !== 'string') return 'There is no ID.'
  const at = typeof time === 'string' && time.endsWith('Z') ? Date.parse(time) : NaN
  if (!(Date.now() - at <= maxAgeMs)) return 'The time is none, or too long ago.'
  if (!isOneOf(channel, ['web', 'app', 'store', 'phone', 'other'])) return 'The channel is none.'
  if (email !== undefined && !(typeof email === 'string' && /^[0-9a-f]{64}$/.test(email)))
    return 'The e-mail address is not hashed.'
  if (!email && !(ip && agent)) return 'It says nothing of the user.'
  if (name === 'order' && (typeof value !== 'number' || !currency)) return 'The order has no value or currency.'
  if (currency !== undefined && !isOneOf(currency, ['EUR', 'USD']))
    return `The currency ${JSON.stringify(currency)} is unknown.`
  return undefined
}

const isOneOf = (value: unknown, known: readonly string[]): boolean =>
  typeof value === 'string' && known.includes(value)

/** `null`, an empty text, list or object somewhere within. */
const hasNothing = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (typeof value === 'object' && (!Object.keys(value).length || Object.values(value).some(hasNothing)))
