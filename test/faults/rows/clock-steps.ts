import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

const dayMs = 86_400_000
const week = 8 * dayMs

export default row({
  number: 27,
  title: 'the clock is set eight days ahead, and a day back',
  async run({ lab, spawn, judge, look, until, settled }) {
    const file = path.join(lab.folder, 'clock')
    const set = (ms: number) => writeFileSync(file, String(ms))
    set(0)
    const child = await spawn(
      {},
      { nodeArgs: ['--import', path.join(import.meta.dirname, '../clock.mjs')], env: { FAULTS_CLOCK: file } },
    )
    const warnings = async () =>
      ((await (await fetch(`${child.url}/readyz`)).json()) as { warnings?: readonly string[] }).warnings ?? []
    const { reddit, meta } = lab.platforms.simulators
    reddit.setMode({ mode: 'token_revoked' })
    await lab.post(child.url, { kind: 'backend', events: [anOrder('ahead')] })
    await until('the others', () => meta.state().accepted.length === 1)
    set(week)
    await until('the warning', async () => (await warnings()).some((words) => /set ahead by 11520 minutes/.test(words)))
    // The halted lane probes within half a minute, and by the wrong clock everything is past its time.
    await until('a look at the delivery', () =>
      look(async (store) =>
        (await store.recent({ limit: 1 }))[0]?.deliveries.some(({ why }) => /if the clock is right/.test(why ?? '')),
      ),
    )
    const { deliveries } = await look((store) => store.counts())
    must(deliveries.reddit?.pending === 1, `it expired by a wrong clock: ${JSON.stringify(deliveries.reddit)}`)
    set(0)
    reddit.setMode({ mode: 'ok' })
    await until('the warning to go', async () => !(await warnings()).length)
    await settled()

    reddit.setMode({ mode: 'down' })
    await lab.post(child.url, { kind: 'backend', events: [anOrder('back')] })
    await until('a try', () =>
      look(async (store) =>
        (await store.recent({ limit: 1 }))[0]?.deliveries.some(
          ({ attempts, instance }) => instance === 'reddit' && attempts > 0,
        ),
      ),
    )
    set(-dayMs)
    await wait(100)
    reddit.setMode({ mode: 'ok' })
    must((await lab.post(child.url, { kind: 'backend', events: [anOrder('later')] })) === 202, 'it takes no events')
    await until('both, although their time is a day away', () => reddit.state().accepted.length >= 3)
    await settled()
    await judge()
  },
})
