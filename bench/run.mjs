// npm run bench -- [parts] [--backlog N] [--rounds N] [--seconds N] [--events N] [--folder PATH] [--redis URL]. See README.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ack } from './ack.mjs'
import { backlog } from './backlog.mjs'
import { mapping } from './mapping.mjs'
import { pipeline } from './pipeline.mjs'
import { redis } from './redis.mjs'
import { store } from './store.mjs'
import { tableOf } from './table.mjs'

const parts = { mapping, store, ack, pipeline, backlog, redis }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backlog: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    events: { type: 'string', default: '50000' },
    folder: { type: 'string', default: tmpdir() },
    redis: { type: 'string' },
    profile: { type: 'string' },
  },
})
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length) throw new Error(`There is no part ${unknown.join()}; there are ${Object.keys(parts).join()}.`)

const folder = mkdtempSync(path.join(values.folder, 'pairpixel-bench-'))
const options = {
  folder,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  pipelineEvents: Number(values.events),
  backlog: Number(values.backlog),
  redis: values.redis,
  profile: values.profile,
}
const began = new Date()
const rows = []
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (positionals.length && !positionals.includes(name)) continue
    const load = loadavg()[0]
    console.error(`${name} … (the machine’s load is ${load.toFixed(1)})`)
    rows.push(...(await measure(options)).map((row) => ({ part: name, machineLoad: load, ...row })))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const results = path.join(import.meta.dirname, 'results')
mkdirSync(results, { recursive: true })
const file = path.join(results, `${began.toISOString().replaceAll(':', '-').slice(0, 19)}.json`)
const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
writeFileSync(file, JSON.stringify({ at: began.toISOString(), machine, rows }, null, 2))
console.log(tableOf(rows))
console.log(`\nWritten to ${path.relative(process.cwd(), file)}`)
