// A million events that wait for three destinations: disk, start, claims and memory.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { start } from './child.mjs'

export async function backlog({ folder, backlog: size }) {
  const own = mkdtempSync(path.join(folder, 'backlog-'))
  const file = path.join(own, 'backlog.db')
  try {
    const filler = await start('keeper.mjs', { file })
    const filled = await filler.ask({ do: 'fill', size })
    await filler.stop()
    const bytes = statSync(file).size
    const begin = performance.now()
    const keeper = await start('keeper.mjs', { file })
    const childMs = performance.now() - begin
    const claims = await keeper.ask({ do: 'claims', rounds: Math.min(300, Math.floor(size / 200)) })
    await keeper.stop()
    const row = (what, unit, ours, more) => ({
      what: `${what}, ${size.toLocaleString('en')} events wait`,
      unit,
      ours,
      more,
    })
    const bounded = (limit, one) => ({
      ...one,
      limit,
      limitIs: 'the target',
      ratio: one.ours / limit,
      target: 1,
      lower: true,
    })
    const { claimP50, settleP50, settleP99 } = claims
    return [
      bounded(3000, row('open the store', 'ms', keeper.openMs, { processMs: childMs })),
      bounded(300, row('memory', 'MB', claims.rssMb)),
      row('disk', 'bytes/event', bytes / size, { fillPerSecond: filled.perSecond }),
      row('claim of 200, p99', 'ms', claims.claimP99, { claimP50, settleP50, settleP99 }),
    ]
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}
