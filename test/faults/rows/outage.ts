import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { anOrder } from '../lab.ts'
import { judge } from '../oracle.ts'
import { must, row } from '../row.ts'
import { thinRows } from '../thin-rows.ts'
import { elsewhere, startVendor } from '../vendor.ts'

const usual = 100_000
const batch = 500
const outageMs = 60 * 60_000
/** Without one more event in this time it has come to a stop. */
const stuckMs = 120_000

export default row({
  number: 51,
  title: 'a platform is away for an hour of the collector’s time, events come all the while',
  smoke: true,
  async run({ lab, spawn, resettle, runs: count = usual, after, look, say }) {
    const speed = count < usual ? 300 : 20
    const vendor = await startVendor((_request, response) => void response.writeHead(503).end())
    after(() => vendor.close())
    const { meta, reddit, snapchat } = lab.platforms.simulators
    const child = await spawn(elsewhere(lab.tree(), 'reddit', { endpoint: vendor.url }), {
      nodeArgs: ['--import', path.join(import.meta.dirname, '../fast-clock.mjs')],
      env: { FAULTS_SPEED: String(speed) },
    })
    const begun = performance.now()
    const elapsed = () => (performance.now() - begun) * speed
    for (let at = 0; at < count; at += batch) {
      const events = Array.from({ length: Math.min(batch, count - at) }, (_, n) => anOrder(`o${at + n}`))
      must((await lab.post(child.url, { kind: 'backend', events })) === 202, `refused at ${at}`)
      await wait(Math.max(0, (outageMs * (at + batch)) / count - elapsed()) / speed)
    }
    /** Until a platform has all of it, however slow the machine, as long as it goes on. */
    const all = async (platform: typeof meta, what: string): Promise<void> => {
      for (let [most, since] = [-1, performance.now()]; ; await wait(500)) {
        const { length } = platform.state().accepted
        if (length >= count) return
        if (length > most) [most, since] = [length, performance.now()]
        must(performance.now() - since < stuckMs, `${what} stopped at ${length} of ${count}`)
      }
    }
    // The other lanes end their work while this one waits.
    const waited = await look((store) => store.counts())
    const behind = Math.max(waited.deliveries.meta?.pending ?? 0, waited.deliveries.snapchat?.pending ?? 0)
    await all(meta, 'Meta')
    await all(snapchat, 'Snapchat')
    await wait(Math.max(0, outageMs - elapsed()) / speed)
    const minutes = Math.round(elapsed() / 60_000)
    const probes = vendor.times.length
    const counts = await look((store) => store.counts())
    const { pending = 0, delivered = 0 } = counts.deliveries.reddit ?? {}
    must(pending === count && delivered === 0, `${pending} of ${count} wait for the platform that is away`)
    say(
      `${count} events, the other platforms have all; ${probes} requests to the one that is away in ${minutes} minutes`,
    )
    resettle(child, {})
    await all(reddit, 'Reddit')
    for (let left = 1; left > 0; await wait(200)) {
      const { deliveries } = await look((store) => store.counts())
      left = Object.values(deliveries).reduce((sum, states) => sum + states.pending, 0)
    }
    const verdict = await judge(lab, await thinRows(path.join(lab.folder, 'store.db')))
    must(!verdict.faults.length, verdict.faults.slice(0, 5).join('; '))
    must(verdict.resends === 0, `${verdict.resends} were sent twice`)
    return (
      `${verdict.acked} events acknowledged in ${minutes} minutes of outage, 0 lost, ${verdict.delivered} deliveries; the ` +
      `other lanes were at most ${behind} behind when the last event had come, and done before it ended; the lane asked ` +
      `${probes} times`
    )
  },
})
