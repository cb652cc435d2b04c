import express, { type Request, type Response, type Router } from 'express'
import { readHits } from './hits.ts'
import { queryOf, readForm, readText } from './http.ts'
import type { Hit, PlatformName } from './platform.ts'
import { readStandIn } from './stand-in.ts'

const scripts = [
  { path: '/meta/fbevents.js', file: 'fbevents.js' },
  { path: '/reddit/pixel.js', file: 'pixel.js' },
  { path: '/snap/scevent.min.js', file: 'scevent.js' },
] as const

const hitRoutes: readonly {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly platform: PlatformName
}[] = [
  { method: 'get', path: '/tr', platform: 'meta' },
  { method: 'post', path: '/tr', platform: 'meta' },
  { method: 'get', path: '/rp.gif', platform: 'reddit' },
  { method: 'post', path: '/p', platform: 'snapchat' },
]

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Any page may load the scripts and send hits. */
function allowAll(request: Request, response: Response): void {
  response.set({
    'Access-Control-Allow-Origin': request.get('origin') ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Headers': 'content-type',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cache-Control': 'no-store',
    Vary: 'Origin',
  })
}

/** The stand-in pixels, what they ask for while they start, and where their hits go. */
export function createPixelRoutes(onHit: (platform: PlatformName, hit: Hit) => void, now: () => number): Router {
  const router = express.Router()
  for (const { path, file } of scripts) {
    const code = readStandIn(file)
    router.get(path, (request, response) => {
      allowAll(request, response)
      response.type('text/javascript').send(code)
    })
  }
  router.get('/signals/config/:pixel', (request, response) => {
    allowAll(request, response)
    response.type('text/javascript').send('/* nothing is configured */')
  })
  router.get('/config/:domain/:file', (request, response) => {
    allowAll(request, response)
    response.json({})
  })
  for (const { method, path, platform } of hitRoutes) {
    router.options(path, (request, response) => {
      allowAll(request, response)
      response.status(204).end()
    })
    router[method](path, express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
      const text = readText(request)
      // Long Meta hits come as a form, from an iframe or a beacon.
      const form = Object.entries((await readForm(request, text)) ?? {})
      const fields = new URLSearchParams([...queryOf(request), ...form])
      for (const hit of readHits[platform]({ fields, text, now: now() })) onHit(platform, hit)
      allowAll(request, response)
      if (platform === 'snapchat') response.status(200).end()
      else response.type('image/gif').send(gif)
    })
  }
  return router
}
