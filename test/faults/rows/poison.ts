import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

const count = 1000
const mostRequests = 2 * Math.ceil(Math.log2(count)) + 1

export default row({
  number: 20,
  title: 'one wrong event in 1,000, and nobody says which',
  async run({ lab, spawn, judge, random, settled }) {
    const bad = `p${random.int(0, count - 1)}`
    for (const name of ['meta', 'reddit', 'snapchat'] as const)
      lab.platforms.simulators[name].setMode({ mode: 'ok', poison: [bad], names: false })
    const { destinations } = lab.tree() as { destinations: Record<string, object> }
    const child = await spawn({
      hold: { default: '3s' },
      destinations: Object.fromEntries(
        Object.entries(destinations).map(([name, settings]) => [name, { ...settings, batch_size: count }]),
      ),
    })
    for (let at = 0; at < count; at += 500)
      await lab.post(child.url, {
        kind: 'backend',
        events: Array.from({ length: 500 }, (_, n) => anOrder(`p${at + n}`)),
      })
    await settled()
    await judge()
    const requests = (['meta', 'reddit', 'snapchat'] as const).map((name) => {
      const { requests: n, accepted } = lab.platforms.simulators[name].state()
      must(accepted.length === count - 1, `${name} has ${accepted.length}`)
      // The two halves of the post may fall due apart, so that there are two batches.
      must(n <= mostRequests + 2, `${name}: ${n} requests`)
      return `${name} ${n}`
    })
    return `999 delivered, 1 dead; requests: ${requests.join(', ')}`
  },
})
