import type { Request, Router } from 'express'
import { isEventId } from '../../../shared/uuid.ts'
import type { DashboardDeps } from '../deps.ts'
import { readFilter } from '../read/filter.ts'
import { isRange } from '../read/window.ts'
import type { Reader } from '../reader.ts'
import type { Range } from '../shapes.ts'
import { refuse } from './answer.ts'

const rangeOf = ({ query }: Request): Range => (isRange(query.range) ? query.range : '1h')
const isText = (value: unknown): value is string => typeof value === 'string'
const siteOf = ({ query: { site } }: Request): string | undefined =>
  typeof site === 'string' && site !== '' ? site : undefined

/** Every reading of the API, by its path. */
export function addReads(router: Router, reader: Reader, { alerts, platformView }: DashboardDeps): void {
  for (const path of ['overview', 'pairing', 'quality', 'errors'] as const)
    router.get(`/${path}`, async (request, response) => {
      response.json(await reader[path](rangeOf(request), siteOf(request)))
    })
  router.get('/setup', async (request, response) => {
    const site = siteOf(request)
    response.json((await reader.setup()).filter((one) => site === undefined || one.site === site))
  })
  router.get('/dead', async (request, response) => {
    response.json(await reader.dead(siteOf(request)))
  })
  router.get('/alerts', async (_request, response) => {
    response.json((await alerts?.list()) ?? [])
  })
  router.get('/counts', async (_request, response) => {
    response.json(await reader.counts())
  })
  router.get('/events', async ({ query }, response) => {
    const filter = readFilter(query)
    response.json(filter ? await reader.rows(filter) : [])
  })
  router.get('/event', async ({ query }, response) => {
    const [site, event, eventId] = [query.site, query.event, query.event_id].map((one) => (isText(one) ? one : ''))
    const found = site && event && eventId && isEventId(eventId) && (await reader.event(site, event, eventId))
    if (found) response.json(found)
    else refuse(response, { status: 404, code: 'NOT_FOUND', message: 'This event is not known here, or no longer.' })
  })
  if (platformView)
    router.get('/platforms', async (_request, response) => {
      response.json(await reader.conversions())
    })
}
