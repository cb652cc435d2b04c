// The demo in a process of its own, on free ports: prints where it is, ends with its parent's word.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDemo } from '../../../server/demo/demo.ts'

const folder = process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'pairpixel-demo-'))
const demo = await openDemo({
  ports: { shop: 0, collector: 0, admin: 0, simulators: 0 },
  store: `sqlite:${folder}/demo.db`,
  logLevel: 'silent',
})
process.stdout.write(`${JSON.stringify({ shopUrl: demo.shopUrl, liveUrl: demo.liveUrl })}\n`)
process.once('SIGTERM', () => void demo.stop().then(() => process.exit(0)))
