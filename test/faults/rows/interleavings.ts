import { postPage } from '../../integration/harness.ts'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 29,
  title: 'browser copy, back-end copy and proof in every order, together, apart, or never',
  async run({ lab, spawn, judge, look, random, settled, until }) {
    const child = await spawn({ hold: { default: '1s' } })
    const ids = Array.from({ length: 40 }, (_, n) => `i${n}`)
    const parts = ['page', 'backend', 'proof'] as const
    const story = async (id: string) => {
      const order = [...parts].sort(() => random.next() - 0.5).slice(0, random.int(1, 3))
      if (!order.some((part) => part !== 'proof')) order.push('page')
      for (const part of order) {
        if (part === 'proof') {
          const proofs = [{ event: 'purchase', event_id: id, fired: { meta: 'requested' }, at: Date.now() }]
          await postPage(child.url, { site: 'default', events: [], proofs })
        } else await lab.post(child.url, { kind: part, events: [anOrder(id)] })
        // At once, within the hold, or long after it was sent.
        await new Promise((resolve) => setTimeout(resolve, random.pick([0, 0, 300, 2500])))
      }
      return { id, order }
    }
    const stories = await Promise.all(ids.map(story))
    await until('one send each', () =>
      Object.values(lab.platforms.simulators).every(
        (one) =>
          !('state' in one) ||
          (one as { state(): { accepted: readonly unknown[] } }).state().accepted.length >= ids.length,
      ),
    )
    await settled()
    await judge()
    const rows = await look((store) => store.recent({ limit: 100 }))
    let late = 0
    for (const { id, order } of stories) {
      const found = rows.find(({ eventId }) => eventId === id)
      const copies = order.filter((part) => part !== 'proof').length
      must(found && found.copies.length === copies, `${id} (${order.join(', ')}) has ${found?.copies.length} copies`)
      if (order.includes('proof')) must(found.fired.meta === 'requested', `${id} (${order.join(', ')}) lost its proof`)
      late += found.copies.filter(({ result }) => result === 'late').length
    }
    return `${ids.length} events, each sent once to each platform; ${late} copies came late, and are recorded so`
  },
})
