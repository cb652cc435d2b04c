import { setTimeout as wait } from 'node:timers/promises'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

const readiness = async (url: string) =>
  (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; warnings?: readonly string[] }

export default row({
  number: 3,
  title: 'crash loop: after five crashes in 300 s it takes events and delivers none',
  async run({ lab, spawn, judge, until, settled }) {
    for (let n = 0; n < 5; n++) {
      const child = await spawn()
      must(!(await readiness(child.url)).warnings, 'it is degraded before the fifth crash')
      await child.kill()
    }
    const child = await spawn({}, { env: { LOG_LEVEL: 'info' } })
    const { ready, warnings = [] } = await readiness(child.url)
    must(
      ready && warnings.some((words) => words.startsWith('Degraded')),
      'the sixth start does not say that it is degraded',
    )
    must(/"level":50.*Degraded/.test(child.output()), 'the log does not say it')
    must((await lab.post(child.url, { kind: 'backend', events: [anOrder('kept')] })) === 202, 'it takes no events')
    await wait(1500)
    must(lab.platforms.simulators.meta.state().requests === 0, 'it delivers all the same')
    process.kill(child.pid, 'SIGTERM')
    must((await child.gone) === 0, 'it does not stop well')
    await spawn()
    await until(
      'the delivery after a stop and a start',
      () => lab.platforms.simulators.meta.state().accepted.length === 1,
    )
    await settled()
    await judge()
  },
})
