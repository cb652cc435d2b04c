import express from 'express'
import type { Request, Response } from 'express'
import { refuse, troubleHandler } from './api/answer.ts'
import { addLogin, ownPostsOnly, sessionsOnly } from './api/login.ts'
import { addReads } from './api/reads.ts'
import { addWrites } from './api/writes.ts'
import { assetFolders, findAsset } from './assets.ts'
import type { DashboardDeps } from './deps.ts'
import { knownHosts, pageHeaders } from './guard.ts'
import { createReader } from './reader.ts'
import { createStream } from './stream.ts'

export type { Conversion } from './counted.ts'
export type { AlertDeps, Control, DashboardDeps, Done } from './deps.ts'
export type { ShownInstance, ShownNotice } from './view.ts'

const types: Readonly<Record<string, string>> = { 'live.html': 'html', 'live.css': 'css', 'live.js': 'js' }

/** A package may be unpacked below a folder such as `~/.npm`, so dots in the path are no reason to hide a file. */
const sendOptions = { cacheControl: false, etag: false, lastModified: false, dotfiles: 'allow' } as const

/** The page, and behind a login the API it reads and changes things by. */
export function createDashboard(deps: DashboardDeps): express.Router {
  const { access, demo, pollMs = 500, assets = assetFolders, log = () => undefined } = deps
  const audit = (what: string, about: Readonly<Record<string, unknown>>) => deps.audit?.({ audit: what, ...about })
  const reader = createReader(deps)
  const stream = createStream({
    read: async (limit) => {
      const [rows, totals] = await Promise.all([reader.rows({ limit }), reader.counts()])
      return { rows, totals }
    },
    pollMs,
  })

  const sendAsset = (name: string) => (_request: Request, response: Response) => {
    const file = findAsset(name, assets)
    if (file) response.type(types[name]!).sendFile(file, sendOptions)
    else response.status(404).type('text/plain').send(`${name} is not built yet: npm run build\n`)
  }

  const api = express.Router()
  api.use(ownPostsOnly)
  addLogin(api, { access, demo: demo !== undefined, audit })
  api.use(sessionsOnly(access))
  addReads(api, reader, deps)
  addWrites(api, deps, audit)
  api.get('/stream', (request, response) => {
    stream(response, { isIn: () => access?.isIn(request, false) ?? false })
  })

  const router = express.Router()
  router.use('/admin', knownHosts(access?.publicHost), ...pageHeaders)
  router.get('/admin', sendAsset('live.html'))
  router.get('/admin/live.js', sendAsset('live.js'))
  router.get('/admin/live.css', sendAsset('live.css'))
  router.use('/admin/api', api)
  router.use('/admin', (_request, response) =>
    refuse(response, { status: 404, code: 'NOT_FOUND', message: 'The dashboard has no such address.' }),
  )
  router.use('/admin', troubleHandler(log))
  return router
}
