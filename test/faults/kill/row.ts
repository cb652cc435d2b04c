import path from 'node:path'
import { must, row, type Row } from '../row.ts'
import { killMany, type KillStore } from './campaign.ts'
import { points } from './plan.ts'

const titles = {
  sqlite: 'kill -9 at every crash point and at random',
  redis: 'kill -9 at every crash point and at random, the store in Redis (`appendfsync always`)',
} as const satisfies Record<KillStore, string>

const cache = path.join(import.meta.dirname, '../../../node_modules/.cache/faults')

/** The kill runs over one store; so many unless somebody asks for another number. */
export const killRow = (store: KillStore, usual: number): Row =>
  row({
    number: 1,
    store,
    title: titles[store],
    smoke: true,
    async run({ seed, runs = usual, say }) {
      const file = path.join(cache, `kills-${store}-${seed}.jsonl`)
      const results = await killMany({ store, seed, runs, workers: 3, file: runs > 100 ? file : undefined, say })
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
