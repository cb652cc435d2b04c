// The collector as `npm start` runs it, in a process of its own, with three destinations.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { demoAccounts } from '../server/demo/simulators.ts'
import { run } from '../server/main.ts'
import { checkTree } from '../server/settings/settings.ts'
import { optionsOf, serve, usage } from './child.mjs'

const { folder, sinks = 'http://127.0.0.1:9', hold = '30m', batchSize } = optionsOf()
const own = mkdtempSync(path.join(folder, 'collector-'))
const file = path.join(own, 'bench.db')
const settings = checkTree({
  listen: '127.0.0.1:0',
  admin: { listen: '127.0.0.1:0' },
  store: `sqlite:${file}`,
  url: 'https://shop.example',
  origins: ['https://shop.example'],
  trust_proxy: ['127.0.0.1'],
  hold: { default: hold },
  destinations: Object.fromEntries(
    Object.entries(demoAccounts).map(([platform, { pixelId, token }]) => [
      platform,
      { pixel_id: pixelId, access_token: token, endpoint: sinks, ...(batchSize && { batch_size: batchSize }) },
    ]),
  ),
})
const running = await run(settings, { logLevel: 'silent' })
const size = (name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0

serve(
  { url: running.url },
  {
    usage,
    counts: async () => ({ ...(await running.collector.store.counts()), bytes: size(file) + size(`${file}-wal`) }),
    async stop() {
      await running.stop()
      rmSync(own, { recursive: true, force: true })
    },
  },
)
