import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 2,
  title: 'SIGTERM under load',
  smoke: true,
  async run({ lab, spawn, judge, until }) {
    let sent = 0
    for (let round = 0; round < 3; round++) {
      const child = await spawn()
      let isStopping = false
      const statuses = new Set<number | undefined>()
      const client = async () => {
        while (!isStopping || statuses.size < 1) {
          const status = await lab.post(child.url, { kind: 'backend', events: [anOrder(`r${round}-${sent++}`)] })
          statuses.add(status)
          if (status === undefined) return
        }
      }
      const clients = Array.from({ length: 8 }, client)
      await until('events that are taken', () => lab.acks.size > (round + 1) * 30)
      process.kill(child.pid, 'SIGTERM')
      isStopping = true
      const code = await child.gone
      await Promise.all(clients)
      must(code === 0, `it ended with ${code}`)
    }
    const { acked } = await judge({ pending: true })
    const last = await spawn()
    await until('the rest', () => lab.platforms.simulators.meta.state().accepted.length >= acked)
    await last.kill()
    return `3 stops, ${acked} events acknowledged, none lost`
  },
})
