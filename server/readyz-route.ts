import express, { type RequestHandler } from 'express'
import type { Collector } from './collector.ts'
import type { Figures, InstanceFigures } from './metrics/figures.ts'

/**
 * `GET /readyz` of the admin listener: what the public one says, and with `?detail` each lane and the store by name, with
 * the words that the public is not told. The status is the public one's.
 */
export function createReadyzRoute(
  collector: Pick<Collector, 'figures' | 'readiness'>,
  guard: readonly RequestHandler[],
): express.Router {
  const router = express.Router()
  router.get('/readyz', ...guard, async (request, response) => {
    const isDetailed = 'detail' in request.query
    const figures = isDetailed ? await collector.figures() : undefined
    const { reasons, ...rest } = collector.readiness()
    const ready = reasons.length === 0
    const body = figures ? { ...rest, ...detailOf(figures) } : rest
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready, ...(!ready && { reasons }), ...body })
  })
  return router
}

const detailOf = ({ health, diskFreeBytes, counts, conservation, warnings, instances }: Figures): object => ({
  store: { ...health, ...(diskFreeBytes !== undefined && { disk_free_bytes: diskFreeBytes }) },
  // What was taken and what became of it; the two are equal, or something is lost.
  ...(counts && { conservation }),
  lanes: instances.map(laneOf),
  ...(warnings.length > 0 && { warnings }),
})

/** `state` is absent in a process that only collects: its lanes are another's. */
function laneOf({ name, platform, lane, states, oldestMs, deliveredAt, isTest, notices }: InstanceFigures): object {
  const { since, ...said } = lane ?? {}
  return {
    destination: name,
    platform,
    ...said,
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    deliveries: states,
    ...(oldestMs !== undefined && { oldest_waits_ms: oldestMs }),
    ...(deliveredAt !== undefined && { last_delivered: new Date(deliveredAt).toISOString() }),
    ...(isTest && { test: true }),
    ...(notices.length > 0 && { notices }),
  }
}
