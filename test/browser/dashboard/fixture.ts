import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import express, { type Response } from 'express'
import { pageHeaders } from '../../../server/dashboard/guard.ts'
import type { Reads, Writes } from '../../../server/dashboard/shapes.ts'
import { alertsAt, deadAt, errorsAt, pairingAt, qualityAt, setupAt } from './world.ts'
import { overviewAt } from './world-overview.ts'
import { eventAt, rowsAt } from './world-rows.ts'

const built = path.join(import.meta.dirname, '../../../dist/dashboard')
export const fixtureToken = `fixture-${'0'.repeat(24)}`

/** What the page is told; a test changes it. */
export type World = { -readonly [K in Exclude<keyof Reads, 'me' | 'event'>]: Reads[K] } & {
  event: (eventId: string) => Reads['event'] | undefined
  demo: boolean
}

export interface Fixture {
  readonly url: string
  world: World
  /** Requests for data end without an answer. */
  silent: boolean
  /** Everything the page posted, in order. */
  readonly posted: (readonly [path: string, body: unknown])[]
  /** Sends what changed to every open page. */
  tell(rows?: Reads['events']): void
  /** Ends all sessions and streams. */
  endSessions(): void
  readonly close: () => Promise<void>
}

/** The world of the pictures: a day at a shop, with something to mend. */
export function aWorld(now: number): World {
  const rows = rowsAt(now)
  return {
    overview: overviewAt(now),
    setup: setupAt(now),
    pairing: pairingAt(),
    events: rows,
    event: (eventId) => rows.filter((row) => row.eventId === eventId).map(eventAt)[0],
    quality: qualityAt(),
    errors: errorsAt(now),
    dead: deadAt(now),
    alerts: alertsAt(now),
    demo: false,
  }
}

/** The built page before an API that says what a test wants, in the shapes of the real one. */
export async function openFixture(world: World): Promise<Fixture> {
  const streams = new Set<Response>()
  let session = ''
  const app = express()
  const posted: (readonly [string, unknown])[] = []
  const send = (stream: Response, event: string, data: unknown) =>
    stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

  app.use(...pageHeaders)
  app.get('/admin', (_request, response) => response.sendFile(path.join(built, 'live.html')))
  app.get(/^\/admin\/(live\.(js|css))$/, ({ path: asked }, response) =>
    response.sendFile(path.join(built, path.basename(asked))),
  )
  app.use('/admin/api', express.json())
  const isIn = (cookie = '') => session !== '' && cookie.includes(session)
  app.get('/admin/api/me', ({ headers }, response) => {
    response.json({ loggedIn: isIn(headers.cookie), demo: fixture.world.demo } satisfies Reads['me'])
  })
  app.post('/admin/api/login', ({ body }, response) => {
    if ((body as Writes['login']).token !== fixtureToken)
      return response
        .status(401)
        .json({ error: { code: 'LOGIN_REFUSED', message: 'This is not the admin token of this collector.' } })
    session = `s${posted.length}-${'1'.repeat(16)}`
    return response
      .cookie('pp_session', session, { httpOnly: true, sameSite: 'strict' })
      .json({ done: 'You are logged in.' })
  })
  app.use('/admin/api', ({ headers }, response, next) => {
    if (isIn(headers.cookie)) return next()
    response.status(401).json({ error: { code: 'NOT_LOGGED_IN', message: 'Log in with the admin token first.' } })
  })
  app.get('/admin/api/stream', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    streams.add(response)
    response.on('close', () => streams.delete(response))
    send(response, 'events', fixture.world.events.slice(0, 50))
    send(response, 'counts', fixture.world.overview.totals)
  })
  app.get('/admin/api/event', ({ query }, response) => {
    const found = fixture.world.event(query.event_id as string)
    if (found) response.json(found)
    else response.status(404).json({ error: { code: 'NOT_FOUND', message: 'There is no such event.' } })
  })
  app.get('/admin/api/:view', ({ params: { view } }, response) => {
    if (fixture.silent) return response.destroy()
    return response.json(fixture.world[view as 'overview'])
  })
  app.post('/admin/api/:what', ({ params: { what }, body, headers }, response) => {
    if (headers['x-pairpixel'] !== '1') return response.status(403).end()
    posted.push([what, body as unknown])
    if (what === 'logout') session = ''
    return response.json({ done: `Done: ${what}.` })
  })

  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endStreams = () => {
    for (const stream of streams) stream.end()
  }
  const fixture: Fixture = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin`,
    world,
    silent: false,
    posted,
    tell(rows = []) {
      for (const stream of streams) {
        send(stream, 'events', rows)
        send(stream, 'counts', fixture.world.overview.totals)
      }
    },
    endSessions() {
      session = ''
      endStreams()
    },
    close: () =>
      new Promise<void>((resolve) => {
        endStreams()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fixture
}
