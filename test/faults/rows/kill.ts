import path from 'node:path'
import { killMany } from '../kill/campaign.ts'
import { points } from '../kill/plan.ts'
import { must, row } from '../row.ts'

export default row({
  number: 1,
  title: 'kill -9 at every crash point and at random',
  smoke: true,
  async run({ seed, runs, say }) {
    const file = path.join(import.meta.dirname, `../../../node_modules/.cache/faults/kills-${seed}.jsonl`)
    const results = await killMany({ seed, runs, workers: 3, file: runs > 100 ? file : undefined, say })
    const bad = results.filter(({ faults }) => faults.length)
    must(!bad.length, bad.map((one) => `seed ${one.seed} (${one.point}): ${one.faults.join('; ')}`).join(' · '))
    const sum = (of: 'acked' | 'delivered' | 'resends') => results.reduce((total, one) => total + one[of], 0)
    const reached = points
      .map((point) => `${point} ${results.filter((one) => one.point === point && one.isReached).length}`)
      .join(', ')
    return (
      `${results.length} kills (died at: ${reached}), ${sum('acked')} events acknowledged, 0 lost, ` +
      `${sum('delivered')} deliveries, ${sum('resends')} taken twice, each counted as a resend after a lost answer`
    )
  },
})
