import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { openSqliteStore } from '../../server/store/index.ts'

// A collector in its own process, for tests that kill it or watch its system calls.
const [tree = '{}', synchronous = 'FULL'] = process.argv.slice(2)
const settings = checkTree(JSON.parse(tree) as Record<string, unknown>)
const store = await openSqliteStore({
  path: settings.store.replace('sqlite:', ''),
  synchronous: synchronous === 'OFF' ? 'OFF' : 'FULL',
})
const running = await run(settings, { logLevel: 'silent', store })
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
process.stdout.write(`ready ${running.url} ${process.pid}\n`)
