import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere, startVendor } from '../vendor.ts'

export default row({
  number: 25,
  title: 'redirects are not followed',
  smoke: true,
  async run({ lab, spawn, until, after, resettle, settled, judge }) {
    const canary = await startVendor((_request, response) => void response.end('{"events_received":1}'))
    after(() => canary.close())
    const vendor = await startVendor(
      (_request, response, nth) =>
        void response.writeHead(nth % 2 ? 301 : 307, { Location: `${canary.url}/caught` }).end(),
    )
    after(() => vendor.close())
    const child = await spawn(elsewhere(lab.tree(), 'meta', { endpoint: vendor.url }))
    await lab.post(child.url, { kind: 'backend', events: [anOrder('redirected')] })
    const halted = async () =>
      ((await (await fetch(`${child.url}/readyz`)).json()) as { lanes: Record<string, number> }).lanes.halted === 1
    await until('a halted lane', halted)
    must(canary.times.length === 0, 'it was followed, token and all')
    resettle(child, {})
    await settled()
    await judge()
    must(canary.times.length === 0, 'it was followed, token and all')
  },
})
