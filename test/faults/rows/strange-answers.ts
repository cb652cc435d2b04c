import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere, startVendor, type Answering } from '../vendor.ts'

const mib = 1024 * 1024
const json = { 'Content-Type': 'application/json' }
const strange: readonly (readonly [string, Answering])[] = [
  [
    'endless',
    (_request, response) => {
      response.writeHead(200, json)
      const part = Buffer.alloc(mib, 0x61)
      let left = 500
      const more = () => {
        while (left-- > 0 && !response.destroyed) if (!response.write(part)) return void response.once('drain', more)
        response.end()
      }
      more()
    },
  ],
  [
    'a gzip bomb',
    (_request, response) =>
      void response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200 * mib))),
  ],
  ['HTML', (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Hello</h1>')],
  ['broken JSON', (_request, response) => void response.writeHead(200, json).end('{"events_received":')],
  ['nothing', (_request, response) => void response.writeHead(200).end()],
]

export default row({
  number: 18,
  title: 'endless, compressed, HTML, broken and empty answers',
  async run({ lab, spawn, look, until, after }) {
    const vendor = await startVendor(strange[0]![1])
    after(() => vendor.close())
    const residentMib = (pid: number) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    let rise = 0
    for (const [what, answer] of strange) {
      vendor.answer(answer)
      const id = what.replaceAll(' ', '-')
      // A collector for each, for a lane that met the one before would wait longer and longer.
      const child = await spawn({
        store: `sqlite:${lab.folder}/${id}.db`,
        ...elsewhere(lab.tree(), 'meta', { endpoint: vendor.url }),
      })
      const before = residentMib(child.pid)
      const watching = setInterval(() => (rise = Math.max(rise, residentMib(child.pid) - before)), 20)
      after(() => clearInterval(watching))
      await lab.post(child.url, { kind: 'backend', events: [anOrder(id)] })
      const { state, reason, attempts } = await until(`the end of ${what}`, () =>
        look(async (store) => {
          const [found] = await store.recent({ limit: 1, eventId: id })
          const delivery = found?.deliveries.find(({ instance }) => instance === 'meta')
          return delivery && delivery.state !== 'pending' ? delivery : undefined
        }),
      )
      clearInterval(watching)
      await child.kill()
      must(state === 'dead' && reason === 'unreadable_answer' && attempts === 3, `${what}: ${state} after ${attempts}`)
    }
    must(rise < 150, `memory rose by ${Math.round(rise)} MiB`)
    return `each dead after three tries, never taken for a yes; memory rose by ${Math.round(rise)} MiB`
  },
})
