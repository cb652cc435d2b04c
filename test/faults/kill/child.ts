import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCollector } from '../../../server/collector.ts'
import type { Settings } from '../../../server/site.ts'

// A collector without log and dashboard, of settings that were read already: it starts in a third of the time, and a kill
// run is mostly a start.
const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
const collector = await createCollector(settings)
const server = createServer((request, response) => collector(request as never, response as never, () => undefined))

process.once('SIGTERM', () => void collector.stop().then(() => process.exit(0)))
process.on('SIGHUP', () => void collector.reload(settings))
// Housekeeping and a replay on request: they would else come every ten minutes, and by hand.
process.on('SIGUSR2', () => {
  void (async () => {
    const ended = await collector.store.ended({}, 100)
    await collector.store.replay(
      ended.map(({ delivery }) => delivery),
      { forced: false },
      Date.now(),
    )
    await collector.store.tidy(Date.now())
  })().catch(() => undefined)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  void collector.start().then(() => process.stdout.write(`ready http://127.0.0.1:${port} none\n`))
})
