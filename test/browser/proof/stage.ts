import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import express from 'express'
import type { WireBatch } from '../../../client/wire.ts'
import { demoAccounts } from '../../../server/demo/simulators.ts'
import { pixelFor, readBuiltPixel } from '../../../server/pixel-file.ts'
import { createPixelRoutes } from '../../../server/simulator/pixel-routes.ts'
import { readStandIn } from '../../../server/simulator/stand-in.ts'
import type { Site, SiteInstance } from '../../../server/site.ts'
import type { PlatformName } from '../../../shared/names.ts'
import { strongerState, type Fired } from '../../../shared/pixel-state.ts'
import { stopServer, temporaryFolder } from '../../integration/harness.ts'
import { init, inline, stub } from '../pixel/snippets.ts'

export const proofs = ['default', 'deep'] as const
export type Proof = (typeof proofs)[number]

const libraries = {
  meta: ['/meta/fbevents.js', 'fbevents.js'],
  reddit: ['/reddit/pixel.js', 'pixel.js'],
  snapchat: ['/snap/scevent.min.js', 'scevent.js'],
} as const
export const platforms = Object.keys(libraries) as PlatformName[]
/** What each stand-in asks of its platform, and the host that the real one asks. */
const asks: readonly (readonly [PlatformName, from: string, host: string])[] = [
  ['meta', "base + '/tr/", 'www.facebook.com'],
  ['reddit', "base + '/rp.gif", 'alb.reddit.com'],
  ['snapchat', "base + '/config/", 'tr.snapchat.com'],
  ['snapchat', "base + '/p'", 'tr.snapchat.com'],
]

export interface Stage {
  /** The shop's page with the three pixels and ours, by a name or by the machine's address. */
  url(proof: Proof, from: 'shop' | 'address', withPolicy?: boolean): string
  /** What the platforms answer from now on. */
  answerWith(status: number): void
  /** What the collector was told of an event's pixels since the page was asked for, strongest word each. */
  stateOf(eventId: string): Fired | undefined
  close(): Promise<void>
}

/** Serves every host of the test on one port: the platforms' are their real names, for the pixel looks at them. */
export async function openStage(): Promise<Stage> {
  let status = 200
  let batches: WireBatch[] = []
  const code = readBuiltPixel()
  const app = express()
  const server = createServer(certificate(), app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  app.get('/shop/:proof', (request, response) => {
    batches = []
    if (request.query.policy) response.set('Content-Security-Policy', "img-src 'self'; connect-src 'self'")
    const snippets = platforms.map(
      (name) => inline(stub(name) + init(name)) + `<script src="${libraries[name][0]}"></script>`,
    )
    response.send(
      `<!doctype html><html lang="en"><title>Shop</title><script src="/p.js?${request.params.proof}" data-auto="0" data-pairpixel></script>` +
        `${inline(`(${String(countSettled)})()`)}${snippets.join('')}<body>`,
    )
  })
  app.get('/p.js', (request, response) => {
    const site = siteWith(proofs.find((proof) => proof in request.query) ?? 'default')
    response.type('text/javascript').send(pixelFor(code, site, true, { script: '/p.js', events: '/e' }).plain)
  })
  for (const name of platforms)
    app.get(libraries[name][0], (_request, response) => {
      response.type('text/javascript').send(libraryFor(name, port))
    })
  app.get('/seen.gif', (_request, response) => void response.type('image/gif').send(Buffer.alloc(0)))
  app.post('/e', express.text({ type: () => true }), (request, response) => {
    batches.push(JSON.parse(request.body as string) as WireBatch)
    response.status(204).end()
  })
  app.use((request, response, next) => {
    if (status === 200 || request.path.startsWith('/signals/')) next()
    else response.status(status).set('Access-Control-Allow-Origin', '*').end()
  })
  app.use(createPixelRoutes(() => undefined, Date.now))

  return {
    url: (proof, from, withPolicy) =>
      `https://${from === 'shop' ? 'www.shop.test' : '127.0.0.1'}:${port}/shop/${proof}${withPolicy ? '?policy=1' : ''}`,
    answerWith: (next) => void (status = next),
    stateOf(eventId) {
      const told = batches
        .flatMap(({ events = [], proofs: later = [] }) => [...events, ...later])
        .filter((one) => one.event_id === eventId)
      if (!told.length) return
      return Object.fromEntries(
        platforms.flatMap((name) => {
          const state = told.map(({ fired }) => fired?.[name]).reduce(strongerState, undefined)
          return state ? [[name, state]] : []
        }),
      )
    },
    close: () => stopServer(server),
  }
}

/** The stand-in, sending where the real library sends. Throws when it no longer says so. */
function libraryFor(platform: PlatformName, port: number): string {
  return asks
    .filter(([name]) => name === platform)
    .reduce((code, [, from, host]) => {
      if (!code.includes(from)) throw new Error(`${libraries[platform][1]} no longer says ${from}`)
      return code.replaceAll(from, from.replace("base + '", `'https://${host}:${port}`))
    }, readStandIn(libraries[platform][1]))
}

const siteWith = (proof: Proof): Site => ({
  key: 'shop',
  origins: [],
  serverKeys: [],
  holdMs: {},
  pixel: { proof },
  instances: platforms.map(
    (platform) =>
      ({
        name: platform,
        platform,
        pixel_id: demoAccounts[platform].pixelId,
        enabled: true,
        dry_run: false,
      }) as SiteInstance,
  ),
})

/** A key that nobody trusts, made for this run. */
function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = temporaryFolder()
  try {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder.path, name)) as [string, string]
    const names =
      'subjectAltName=DNS:www.shop.test,DNS:www.facebook.com,DNS:alb.reddit.com,DNS:tr.snapchat.com,IP:127.0.0.1'
    const shape = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const subject = ['-subj', '/CN=test', '-addext', names]
    execFileSync('openssl', ['req', '-x509', ...shape, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    folder.remove()
  }
}

/** In the page, behind our script: counts the hits and the settings whose fate the page can know. */
function countSettled(): void {
  const page = window as unknown as { settled: string[] }
  page.settled = []
  const isHit = /\/tr\/\?|\/rp\.gif\?/
  const { Image: Plain } = window
  const plainFetch = window.fetch.bind(window)
  window.Image = function () {
    const image = new Plain()
    for (const type of ['load', 'error'])
      image.addEventListener(type, () => {
        if (isHit.test(image.src)) page.settled.push(image.src)
      })
    return image
  } as unknown as typeof Image
  window.fetch = (...args) => {
    const answer = plainFetch(...args)
    const done = () => {
      if (/\/config\//.test(args[0] as string)) page.settled.push('config')
    }
    answer.then(done, done)
    return answer
  }
}
