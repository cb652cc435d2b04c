import type { ServerResponse } from 'node:http'
import { createAlerts, type Alerts } from './alerts/alerts.ts'
import { usualAlerts } from './alerts/settings.ts'
import type { EventResult } from './collect/routes.ts'
import { plainWords } from './deliver/mask.ts'
import type { Worker } from './deliver/worker.ts'
import { readFigures } from './figures.ts'
import { createCounters } from './metrics/counters.ts'
import type { Figures } from './metrics/figures.ts'
import { watchStore } from './metrics/watch-store.ts'
import { firstCopy, holdNamed, type Settings, type SiteInstance } from './site.ts'
import type { Store } from './store/store.ts'
import { createWebhookSend } from './webhook-send.ts'

export interface WatchDeps {
  readonly store: Store
  /** Today's settings; another answer after a reload. */
  readonly served: () => {
    readonly settings: Settings
    readonly instances: readonly (SiteInstance & { readonly site: string })[]
  }
  /** What is built after the store; asked at each reading. */
  readonly live: () => {
    readonly worker: Pick<Worker, 'lanes'>
    readonly warnings: readonly string[]
    readonly isReady: boolean
  }
  readonly now: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

export interface Watch {
  /** The store to work with: the same, with its traffic counted. */
  readonly store: Store
  readonly figures: () => Promise<Figures>
  readonly alerts: Alerts
  /** Counts the events of a post that were refused. */
  noteResults(site: string, kind: 'browser' | 'backend', results: readonly EventResult[]): void
  /** Counts a post by its answer, once that is written. */
  noteAnswer(route: 'events' | 'v1', response: ServerResponse, work: Promise<void>): Promise<void>
  /** Alerts go by the settings of now. */
  reloaded(): void
  stop(): Promise<void>
}

/** Everything that looks on: sums beside the store, the figures made of them, and alerts. */
export function createWatch({ store: given, served, live, now, log }: WatchDeps): Watch {
  const counters = createCounters()
  const { store, oldestMs, flush } = watchStore(given, {
    counters,
    now,
    platformOf: (name) => served().instances.find((one) => one.name === name)?.platform,
    holdMs: (site, instance, event, first) =>
      holdNamed(served().settings.sites, site, instance, event, first && firstCopy(first)),
  })
  const figures = () => {
    flush()
    const { settings, instances } = served()
    const sites = settings.sites.map(({ key }) => key)
    return readFigures({ store, storeUrl: settings.store, sites, instances, counters, oldestMs, now: now(), ...live() })
  }
  const wanted = () => served().settings.alerts ?? usualAlerts
  const webhooks = createWebhookSend(() => wanted().allowPrivate)
  const alerts = createAlerts(wanted(), {
    store,
    figures,
    send: webhooks.send,
    now,
    log,
    hide: (text) =>
      served().instances.reduce((words, { access_token: token }) => plainWords(words, secretIn(token)), text),
  })
  return {
    store,
    figures,
    alerts,
    noteResults(site, kind, results) {
      for (const { result } of results) if (result === 'refused') counters.refused.add([site, kind])
    },
    async noteAnswer(route, response, work) {
      await work
      counters.requests.add([route, response.headersSent ? String(response.statusCode) : 'none'])
    },
    reloaded: () => alerts.update(wanted()),
    async stop() {
      await alerts.stop()
      await webhooks.close()
    },
  }
}

/** A token of a few letters is no platform's, and would be found in any word. */
const secretIn = (token: string): string => (token.length < 8 ? '' : token)
