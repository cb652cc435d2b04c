import express, { type RequestHandler } from 'express'
import type { Collector } from './collector.ts'
import type { Access } from './dashboard/access/index.ts'
import { knownHosts } from './dashboard/guard.ts'
import { createMetrics } from './metrics/metrics.ts'

/**
 * Who may read figures: whoever asks on this machine, as long as no proxy stands before the listener; else whoever brings
 * the admin token as a bearer, or has a session of the dashboard.
 */
export const metricsGuard = (access: Access): readonly RequestHandler[] => [
  knownHosts(access.publicHost),
  (request, response, next) => {
    const { authorization, 'x-forwarded-for': forwarded, forwarded: also } = request.headers
    const isLocal = access.publicHost === undefined && isLoopback(request.socket.remoteAddress) && !forwarded && !also
    if (isLocal && authorization === undefined) return next()
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    const answer = token === undefined ? undefined : access.check(token, request)
    if (answer === 'right' || (token === undefined && access.isIn(request, false))) return next()
    const [status, words] = answer === 'wait' ? [429, 'Too many wrong tokens.'] : [401, 'The admin token is asked for.']
    response.status(status).set('WWW-Authenticate', 'Bearer').type('text/plain').send(`${words}\n`)
  },
]

const isLoopback = (address = ''): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address)

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
