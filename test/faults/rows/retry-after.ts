import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere, startVendor, type Answering } from '../vendor.ts'

const hourMs = 3_600_000
const busy =
  (retryAfter: string): Answering =>
  (_request, response) =>
    void response.writeHead(429, { 'Retry-After': retryAfter, 'Content-Type': 'application/json' }).end('{}')
const well: Answering = (_request, response) =>
  void response
    .writeHead(200, { 'Content-Type': 'application/json' })
    .end('{"data":{"message":"Successfully processed 1 conversion events."}}')

export default row({
  number: 14,
  title: '429 with Retry-After in seconds, as a date, garbage, ten years',
  async run({ lab, spawn, look, until, after }) {
    const vendor = await startVendor(busy('2'))
    after(() => vendor.close())
    const child = await spawn(elsewhere(lab.tree(), 'reddit', { endpoint: vendor.url }))
    const dueIn = async (id: string) =>
      look(async (store) => {
        const [found] = await store.recent({ limit: 1, eventId: id })
        const delivery = found?.deliveries.find(({ instance }) => instance === 'reddit')
        return delivery && delivery.attempts > 0 ? { waitMs: delivery.dueAt - Date.now(), ...delivery } : undefined
      })
    let events = 0
    const told: string[] = []
    for (const [what, value, leastMs, mostMs] of [
      ['seconds', '2', 0, 2000],
      ['a date', new Date(Date.now() + 30_000).toUTCString(), 0, 31_000],
      ['garbage', 'soon', 0, 15 * 60_000],
      ['ten years', String(10 * 365 * 86_400), hourMs - 120_000, hourMs],
    ] as const) {
      vendor.answer(busy(value))
      const requests = vendor.times.length
      const id = `a${events++}`
      must((await lab.post(child.url, { kind: 'backend', events: [anOrder(id)] })) === 202, 'it takes no events')
      // The other two platforms do not wait with it.
      await until('the others', () => lab.platforms.simulators.meta.state().accepted.length === events)
      await until(`a request (${what})`, () => vendor.times.length > requests)
      const { waitMs } = await until(`the store's word (${what})`, () => dueIn(id))
      must(waitMs <= mostMs && waitMs >= leastMs - 60_000, `${what}: it waits ${waitMs} ms`)
      told.push(`${what} ${Math.round(waitMs / 1000)} s`)
      if (what === 'ten years') continue
      vendor.answer(well)
      await until(`the delivery (${what})`, async () => (await dueIn(id))?.state === 'delivered')
    }
    return `waits: ${told.join(', ')}`
  },
})
