import { readFileSync } from 'node:fs'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'

// A collector in its own process, for what is done to a process: kill, stop, signals, limits, failing system calls. It
// runs as `pairpixel start` does, takes its settings as an argument, and tells its address on the first line.
const settings = checkTree(JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>)
const running = await run(settings, {
  logLevel: process.env.LOG_LEVEL ?? 'silent',
  onBroken: () => process.exit(70),
}).catch((error: unknown) => {
  const { code, message } = error as { code?: string; message: string }
  process.stdout.write(`refused ${code ?? 'UNKNOWN'} ${message}\n`)
  return process.exit(code === 'STORE_UNAVAILABLE' ? 70 : 78)
})
const { collector } = running

process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
process.on('SIGHUP', () => {
  const text = readFileSync(process.env.FAULTS_SETTINGS ?? '', 'utf8')
  void collector.reload(checkTree(JSON.parse(text) as Record<string, unknown>))
})
process.stdout.write(`ready ${running.url} ${running.adminUrl}\n`)
