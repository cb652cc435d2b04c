import express, { type RequestHandler } from 'express'
import type { Collector } from './collector.ts'
import { createMetrics } from './metrics/metrics.ts'

/**
 * `GET /metrics` for Prometheus, behind the same guard as the rest of the admin listener. `stop` ends what it measures of
 * the process.
 */
export function createMetricsRoute(
  collector: Pick<Collector, 'figures' | 'alerts'>,
  guard: readonly RequestHandler[],
): { readonly router: express.Router; stop(): void } {
  let firing: readonly { readonly rule: string; readonly n: number }[] = []
  const metrics = createMetrics([
    {
      name: 'alerts_firing',
      type: 'gauge',
      help: 'Conditions that an alert has found and that are not over, mute ones included.',
      labels: ['rule'],
      read: () => firing.map(({ rule, n }) => ({ labels: { rule }, value: n })),
    },
    {
      name: 'alert_posts_total',
      type: 'counter',
      help: 'Posts to webhooks by what came of them: taken, again, refused.',
      labels: ['result'],
      read: () => collector.alerts.posts.rows().map(({ labels, n }) => ({ labels, value: n })),
    },
  ])
  const router = express.Router()
  router.get('/metrics', ...guard, async (_request, response) => {
    const [figures, state] = await Promise.all([
      collector.figures(),
      collector.alerts.state().catch(() => undefined), // the store is away; the rest tells of it
    ])
    firing = state?.rules.map(({ rule, conditions }) => ({ rule, n: conditions.length })) ?? []
    const text = await metrics.render(figures)
    response.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(text)
  })
  return { router, stop: () => metrics.stop() }
}
