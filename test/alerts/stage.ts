import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createAlerts, type Alerts } from '../../server/alerts/alerts.ts'
import type { Message } from '../../server/alerts/message.ts'
import { usualAlerts, type AlertSettings } from '../../server/alerts/settings.ts'
import { createCounters, type Counters } from '../../server/metrics/counters.ts'
import { conservationOf, noDeliveries, type Figures, type InstanceFigures } from '../../server/metrics/figures.ts'
import type { EventRow, Store } from '../../server/store/store.ts'
import { createWebhookSend } from '../../server/webhook-send.ts'
import { hourMs, minuteMs } from '../../shared/limits.ts'

/** A Saturday, ten in the morning. */
export const start = Date.UTC(2026, 10, 21, 10)

/** An instance that is well; change what matters. */
export const anInstance = (changes: Partial<InstanceFigures> = {}): InstanceFigures => ({
  name: 'meta',
  site: 'shop',
  platform: 'meta',
  states: noDeliveries,
  lane: { state: 'ok' },
  isTest: false,
  version: { name: 'v26.0' },
  notices: [],
  ...changes,
})

/** A real webhook on loopback that keeps what it got. */
export async function openWebhook(path = '/hook') {
  const got: { readonly at: string | undefined; readonly type: string | undefined; readonly body: Message }[] = []
  const answers: { status: number; headers?: Record<string, string> }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Message
      got.push({ at: request.url, type: request.headers['content-type'], body })
      const { status, headers } = answers.shift() ?? { status: 200 }
      response.writeHead(status, headers).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${path}`,
    got,
    /** What is answered next, in this order; then 200. */
    answer: (...next: typeof answers) => void answers.push(...next),
    texts: () => got.map(({ body }) => body.text),
  }
}

export interface Stage {
  alerts: Alerts
  readonly counters: Counters
  readonly log: Record<string, unknown>[]
  now: number
  instances: readonly InstanceFigures[]
  rows: readonly EventRow[]
  isStoreAway: boolean
  readonly notes: Map<string, string>
  /** Looks once, and posts what is due. */
  look(): Promise<void>
  /** A time in which a look is taken every minute. @param each what happens in each minute */
  pass(ms: number, each?: () => void): Promise<void>
  /** Events of the site's pages. */
  hear(n: number, kind?: 'browser' | 'backend'): void
  /** As another process does after a restart: what is kept is in the notes alone. */
  restart(): Promise<void>
}

/** Alerts over figures that a test makes, with a clock it turns. @param shared the notes of a store that others use too */
export function openStage(
  change: Partial<AlertSettings> = {},
  hide = (text: string) => text,
  shared?: Map<string, string>,
): Stage {
  const settings = { ...usualAlerts, ...change }
  const webhooks = createWebhookSend(() => settings.allowPrivate)
  onTestFinished(() => webhooks.close())
  const notes = shared ?? new Map<string, string>()
  const stage: Stage = {
    alerts: undefined as unknown as Alerts, // made below, for it reads the stage
    counters: createCounters(),
    log: [],
    now: start,
    instances: [anInstance()],
    rows: [],
    isStoreAway: false,
    notes,
    async look() {
      await stage.alerts.look()
      await stage.alerts.drain()
    },
    async pass(ms, each = () => undefined) {
      for (const end = stage.now + ms; stage.now < end;) {
        stage.now += minuteMs
        each()
        await stage.look()
      }
    },
    hear: (n, kind = 'browser') => stage.counters.copies.add(['shop', kind, 'purchase', 'stored'], n),
    async restart() {
      await stage.alerts.stop()
      stage.alerts = make()
    },
  }
  const store: Pick<Store, 'recent' | 'note' | 'noted' | 'isShared'> = {
    ...(shared && { isShared: true as const }),
    recent: ({ limit }) => Promise.resolve(stage.rows.slice(0, limit)),
    note(name, text) {
      if (stage.isStoreAway) return Promise.reject(new Error('The store is away.'))
      if (text === undefined) notes.delete(name)
      else notes.set(name, text)
      return Promise.resolve()
    },
    noted: (name) =>
      stage.isStoreAway ? Promise.reject(new Error('The store is away.')) : Promise.resolve(notes.get(name)),
  }
  const figures = (): Promise<Figures> =>
    Promise.resolve({
      at: stage.now,
      sites: ['shop'],
      instances: stage.instances,
      removed: noDeliveries,
      conservation: conservationOf(undefined),
      health: { writable: true, durability: 'fsync' },
      isReady: true,
      warnings: [],
      counters: stage.counters,
    })
  const make = () =>
    createAlerts(settings, {
      store,
      figures,
      send: webhooks.send,
      now: () => stage.now,
      log: (entry) => void stage.log.push(entry),
      hide,
    })
  stage.alerts = make()
  return stage
}

/** A shop that is open from 8 to 22, with so many events an hour. */
export const shopHours = (at: number, perHour: number): number => {
  const hour = Math.floor((at / hourMs) % 24)
  return hour >= 8 && hour < 22 ? perHour : 0
}
