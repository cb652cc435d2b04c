import express from 'express'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { isEventId } from '../../shared/uuid.ts'
import type { Store } from '../store/store.ts'
import { assetFolders, findAsset } from './assets.ts'
import { readConversions } from './counted.ts'
import { loopbackOnly, pageHeaders } from './guard.ts'
import { createStream } from './stream.ts'
import { totals, viewRow } from './view.ts'
import type { PlatformConversions, ShownInstance, ShownNotice } from './view.ts'

export type { Conversion } from './counted.ts'
export type { ShownInstance, ShownNotice } from './view.ts'

export interface DashboardDeps {
  readonly store: Pick<Store, 'recent' | 'counts'>
  readonly instances: readonly ShownInstance[]
  /** Demo only: what a platform's simulator counted, a list of `Conversion` or a state with it under `counted`. */
  readonly platformView?: (platform: string) => unknown
  /** What there is to see to in an instance's settings; asked at each reading, for time alone changes it. */
  readonly noticesOf?: (instance: string, now: number) => readonly ShownNotice[]
  /** Epoch ms. */
  readonly now: () => number
  readonly demo?: { readonly shopUrl: string }
  /** Pause between two readings of the store while someone listens. */
  readonly pollMs?: number
  /** Folders with the page's files. */
  readonly assets?: readonly string[]
}

const rowsShown = { usual: 50, most: 200 }
const types: Readonly<Record<string, string>> = { 'live.html': 'html', 'live.css': 'css', 'live.js': 'js' }

/** A package may be unpacked below a folder such as `~/.npm`, so dots in the path are no reason to hide a file. */
const sendOptions = { cacheControl: false, etag: false, lastModified: false, dotfiles: 'allow' } as const

/** The live page and what it reads. It changes nothing. */
export function createDashboard(deps: DashboardDeps): express.Router {
  const { store, instances, platformView, now, demo, pollMs = 500, assets = assetFolders } = deps
  const noticesNow = (): ReadonlyMap<string, readonly ShownNotice[]> =>
    new Map(instances.map(({ name }) => [name, deps.noticesOf?.(name, now()) ?? []]))
  const platforms = [...new Set(instances.map(({ platform }) => platform))]

  /** A simulator that fails to answer leaves a gap on the page, no more. */
  const conversionsSeen = async (): Promise<PlatformConversions> => {
    if (!platformView) return {}
    const ask = async (platform: string) => {
      const view = await Promise.resolve(platform)
        .then(platformView)
        .catch(() => undefined)
      return [platform, readConversions(view)] as const
    }
    return Object.fromEntries(await Promise.all(platforms.map(ask)))
  }
  const rows = async (limit: number, eventId?: string) => {
    const [found, counts] = await Promise.all([store.recent({ limit, eventId }), conversionsSeen()])
    const notices = noticesNow()
    return found.map((row) => viewRow(row, instances, counts, notices))
  }
  const stream = createStream(async () => {
    const [shown, counts] = await Promise.all([rows(rowsShown.usual), store.counts()])
    return { rows: shown, totals: totals(counts, now()) }
  }, pollMs)

  const sendAsset = (name: string) => (_request: Request, response: Response) => {
    const file = findAsset(name, assets)
    if (file) response.type(types[name]!).sendFile(file, sendOptions)
    else response.status(404).type('text/plain').send(`${name} is not built yet: npm run build\n`)
  }

  const router = express.Router()
  router.use('/admin', loopbackOnly, ...pageHeaders)
  router.get('/admin', sendAsset('live.html'))
  router.get('/admin/live.js', sendAsset('live.js'))
  router.get('/admin/live.css', sendAsset('live.css'))
  router.get('/admin/api/setup', (_request, response) => {
    const notices = noticesNow()
    response.json({ instances: instances.map((one) => ({ ...one, notices: notices.get(one.name) ?? [] })), demo })
  })
  router.get('/admin/api/events', async ({ query }, response) => {
    const { limit, event_id: eventId } = query
    if (eventId === undefined) response.json(await rows(readLimit(limit)))
    else response.json(typeof eventId === 'string' && isEventId(eventId) ? await rows(readLimit(limit), eventId) : [])
  })
  router.get('/admin/api/counts', async (_request, response) => {
    response.json(totals(await store.counts(), now()))
  })
  router.get('/admin/api/stream', (_request, response) => stream(response))
  if (platformView)
    router.get('/admin/api/platforms', async (_request, response) => {
      response.json(await conversionsSeen())
    })
  router.use('/admin', (_request, response) => {
    response.status(404).json({ error: { code: 'NOT_FOUND', message: 'The dashboard has no such address.' } })
  })
  router.use('/admin', storeTrouble)
  return router
}

/** 1 to 200, 50 when it is no such number. */
function readLimit(text: unknown): number {
  const limit = typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : rowsShown.usual
  return Math.min(Math.max(limit, 1), rowsShown.most)
}

/** Four arguments make Express call it for errors. The cause may name files and stays with the process. */
const storeTrouble: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) return next(_error)
  const message = 'The store cannot be read just now.'
  response.status(503).json({ error: { code: 'STORE_UNAVAILABLE', message } })
}
