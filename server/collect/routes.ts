import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { crashAt } from '../crash-points/index.ts'
import { PairpixelError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Issue } from '../../shared/parse-field.ts'
import { spellOut } from '../../shared/pixel-event.ts'
import { readBatch, type Batch } from './batch.ts'
import { corsHeaders, isAllowedOrigin, preflightHeaders } from './cors.ts'
import { forgetCookies } from './forget.ts'
import { readBody, type Refusal } from './read-body.ts'
import { parseJson } from './read-json.ts'
import { refuse, reply, type Headers } from './reply.ts'

/** One event's fate as the sender is told. */
export interface EventResult {
  readonly index: number
  readonly event_id?: string
  readonly result: 'stored' | 'joined' | 'duplicate' | 'late' | 'failed' | 'refused'
  readonly issues?: readonly Issue[]
  readonly warnings?: readonly Issue[]
}

/** As much of a site as its door must know. */
interface Door {
  readonly key: string
  readonly origins: readonly string[]
  readonly serverKeys: readonly string[]
}

export interface CollectDeps<S extends Door> {
  readonly sites: readonly S[]
  readonly accept: (
    site: S,
    kind: 'browser' | 'backend',
    batch: Batch,
    request: IncomingMessage,
  ) => Promise<readonly EventResult[]>
  /** `Set-Cookie` lines for the answer to a page. */
  readonly cookies?: (site: S, batch: Batch, request: IncomingMessage) => string[]
  /** True once the process is on its way out. */
  readonly stopping: () => boolean
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const storeUnavailable: Refusal = {
  status: 503,
  code: 'STORE_UNAVAILABLE',
  message: 'The events could not be put on disk; send them again later.',
}

/** `POST /e` and `POST /v1/events`: they stand before all middleware, and answer once the events are on disk. */
export function createRoutes<S extends Door>({ sites, accept, cookies, stopping }: CollectDeps<S>) {
  const keys = sites.flatMap((site) => site.serverKeys.map((key) => ({ site, digest: sha256(key) })))

  /** A batch from a request, or the refusal it has earned. */
  async function open(
    request: IncomingMessage,
    bytes: number,
    events: number,
  ): Promise<{ batch: Batch } | { refusal: Refusal }> {
    if (stopping())
      return { refusal: { status: 503, code: 'STOPPING', message: 'The collector is stopping; send again.' } }
    crashAt('C1')
    const body = await readBody(request, bytes)
    if ('refusal' in body) return body
    const json = parseJson(body.text)
    return 'refusal' in json ? json : readBatch(json.value, events, json.isSuspect)
  }

  /** Each event's fate; undefined when not everything is on disk. */
  async function keep(...told: Parameters<typeof accept>): Promise<readonly EventResult[] | undefined> {
    try {
      const results = await accept(...told)
      crashAt('C3')
      return results.some(({ result }) => result === 'failed') ? undefined : results
    } catch (error) {
      if (error instanceof PairpixelError && error.code === 'STORE_UNAVAILABLE') return undefined
      throw error
    }
  }

  /** May a page of this origin post for any site? Only such pages may read what a refusal says. */
  const isKnownOrigin = ({ headers }: IncomingMessage): boolean =>
    sites.some(({ origins }) => isAllowedOrigin(headers.origin, origins, headers.host))

  const fromBrowser: Handler = async (request, response) => {
    const cors: Headers = isKnownOrigin(request) ? corsHeaders(request) : { Vary: 'Origin' }
    const opened = await open(request, limits.browserBodyBytes, limits.browserBatchEvents)
    if ('refusal' in opened) return refuse(response, opened.refusal, laterIf(opened.refusal, cors))
    const { events, unread } = opened.batch
    const batch = { ...opened.batch, events: events.map((event, at) => (unread?.has(at) ? event : spellOut(event))) }
    const site =
      batch.site === undefined
        ? sites.length === 1
          ? sites[0]
          : undefined
        : sites.find(({ key }) => key === batch.site)
    if (!site)
      return refuse(
        response,
        { status: 404, code: 'SITE_UNKNOWN', message: 'There is no site with this key here.' },
        cors,
      )
    if (!isAllowedOrigin(request.headers.origin, site.origins, request.headers.host))
      return refuse(response, {
        status: 403,
        code: 'ORIGIN_REFUSED',
        message: 'Pages of this origin may not post for this site; add it to the site’s origins.',
      })
    const results = await keep(site, 'browser', batch, request)
    if (!results) return refuse(response, storeUnavailable, retryLater(cors))
    const refused = refusedOf(results)
    const lines = batch.revoke ? forgetCookies(batch, request) : (cookies?.(site, batch, request) ?? [])
    const taken = lines.length ? { ...cors, 'Set-Cookie': lines } : cors
    if (refused.length === 0) return reply(response, 204, undefined, taken)
    if (refused.length === batch.events.length && !batch.proofs.length && !batch.revoke)
      return refuse(response, allRefused, cors, { refused })
    reply(response, 200, { refused }, taken)
  }

  const fromBackend: Handler = async (request, response) => {
    const site = keyed(request.headers.authorization)
    if (!site) {
      request.resume()
      return refuse(response, {
        status: 401,
        code: 'SERVER_KEY_REFUSED',
        message: 'The bearer key is missing or none of the configured server keys.',
      })
    }
    const opened = await open(request, limits.serverBodyBytes, limits.serverBatchEvents)
    if ('refusal' in opened) return refuse(response, opened.refusal, laterIf(opened.refusal, {}))
    const { batch } = opened
    if (batch.site !== undefined && batch.site !== site.key)
      return refuse(response, {
        status: 403,
        code: 'SITE_UNKNOWN',
        message: 'The bearer key is of another site than the batch says.',
      })
    const results = await keep(site, 'backend', batch, request)
    if (!results) return refuse(response, storeUnavailable, retryLater({}))
    if (results.length && results.every(({ result }) => result === 'refused'))
      return refuse(response, allRefused, {}, { results })
    reply(response, 202, { results })
  }

  /** All keys are compared, each in constant time. */
  function keyed(authorization: string | undefined): S | undefined {
    const given = sha256(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
    return keys.reduce<S | undefined>(
      (found, { site, digest }) => (timingSafeEqual(digest, given) ? site : found),
      undefined,
    )
  }

  const preflight: Handler = (request, response) => {
    reply(
      response,
      204,
      undefined,
      isKnownOrigin(request) ? { ...corsHeaders(request), ...preflightHeaders } : { Vary: 'Origin' },
    )
    return Promise.resolve()
  }

  return { fromBrowser, fromBackend, preflight, keyed }
}

const allRefused: Refusal = {
  status: 400,
  code: 'EVENTS_REFUSED',
  message: 'No event of the batch could be taken; each says why.',
}

const refusedOf = (results: readonly EventResult[]) =>
  results.flatMap(({ index, result, issues }) => (result === 'refused' ? [{ index, issues }] : []))

/** With what a page of another origin may read, where it may read anything. */
const retryLater = (headers: Headers): Headers => ({
  ...headers,
  'Retry-After': '5',
  ...('Access-Control-Allow-Origin' in headers && { 'Access-Control-Expose-Headers': 'Retry-After' }),
})

const laterIf = ({ status }: Refusal, headers: Headers): Headers => (status === 503 ? retryLater(headers) : headers)

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
