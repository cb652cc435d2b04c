import { roles } from '../../server/collector.ts'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { openSqliteStore } from '../../server/store/index.ts'

// A collector in its own process, for tests that kill it or watch its system calls.
const [tree = '{}', synchronous = 'FULL', role = 'all'] = process.argv.slice(2)
const settings = checkTree(JSON.parse(tree) as Record<string, unknown>)
const store = settings.store.startsWith('sqlite:')
  ? await openSqliteStore({
      path: settings.store.replace('sqlite:', ''),
      synchronous: synchronous === 'OFF' ? 'OFF' : 'FULL',
    })
  : undefined
const running = await run(settings, { logLevel: 'silent', store, role: roles.find((known) => known === role) })
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
process.stdout.write(`ready ${running.url} ${process.pid}\n`)
