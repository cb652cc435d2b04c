import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { Overview, Reads, Writes } from '../../server/dashboard/shapes.ts'
import { adminToken, logInAt } from '../integration/admin.ts'
import { settingsTree, startPlatforms, stopServer, temporaryFolder } from '../integration/harness.ts'

export const pageOrigin = 'https://shop.example'

/** A collector on a file of SQLite, with the three simulators, and a session at its dashboard. */
export async function aCollector(
  change: Record<string, unknown> | ((platformsUrl: string) => Record<string, unknown>) = {},
) {
  const folder = temporaryFolder()
  const platforms = await startPlatforms()
  const store = `sqlite:${path.join(folder.path, 'data', 'pairpixel.db')}`
  mkdirSync(path.join(folder.path, 'data'))
  const secretsFile = path.join(folder.path, 'pairpixel.secrets.json')
  const tree = settingsTree(platforms.url, {
    store,
    disk_reserve: 0,
    ...(typeof change === 'function' ? change(platforms.url) : change),
  })
  const start = () => run(checkTree(tree), { logLevel: 'silent', secretsFile, dashboard: { pollMs: 50 } })
  let running = await start()
  let session = await logInAt(running.adminUrl)
  onTestFinished(async () => {
    await running.stop()
    await stopServer(platforms.server)
    folder.remove()
  })
  const json = async (asked: Promise<Response>) => {
    const answer = await asked
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  return {
    folder: folder.path,
    secretsFile,
    platforms: platforms.simulators,
    get url() {
      return running.url
    },
    get adminUrl() {
      return running.adminUrl
    },
    get session() {
      return session
    },
    /** Reads a path of the API. */
    async read<K extends keyof Reads>(name: K, query: Readonly<Record<string, string>> = {}): Promise<Reads[K]> {
      const { status, body } = await json(session.get(`${name}?${new URLSearchParams(query).toString()}`))
      if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`)
      return body as Reads[K]
    },
    /** Changes something; the sentence, whether it was done or not. */
    async write<K extends keyof Writes>(name: K, body: Writes[K]): Promise<{ status: number; words: string }> {
      const { status, body: said } = await json(session.post(name, body))
      const { done, error } = said as { done?: string; error?: { message: string } }
      return { status, words: done ?? error?.message ?? '' }
    },
    /** Posts events as a page of the site does. */
    page: (events: readonly object[], more: object = {}, origin = pageOrigin): Promise<Response> =>
      fetch(`${running.url}/e`, {
        method: 'POST',
        headers: {
          origin,
          'content-type': 'text/plain',
          'user-agent': 'Mozilla/5.0 (X11; rv:145.0) Gecko/20100101 Firefox/145.0',
        },
        body: JSON.stringify({ v: 1, sent_at: Date.now(), events, ...more }),
      }),
    /** The same process of a person: stopped and started again on the same store. */
    async restart() {
      await running.stop()
      running = await start()
      session = await logInAt(running.adminUrl, adminToken)
    },
    card: (overview: Overview, name: string) => overview.instances.find((one) => one.name === name)!,
  }
}

let count = 0
/** A purchase as a page tells it, with its pixels' hits asked for. */
export const aPurchaseOf = (id: string, change: object = {}) => ({
  event: 'purchase',
  event_id: id,
  order_id: id,
  event_time: Date.now(),
  url: `${pageOrigin}/thanks`,
  value: 10 + count++,
  currency: 'EUR',
  user: { email: 'jane@shop.example' },
  context: { ip: '203.0.113.7' },
  fired: { meta: 'requested', reddit: 'requested', snapchat: 'called' },
  ...change,
})
