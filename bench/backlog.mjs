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
    const row = (what, unit, ours, limit, more) => ({
      what: `${what}, ${size.toLocaleString('en')} events wait`,
      unit,
      ours,
      limit,
      limitIs: 'the target',
      ratio: ours / limit,
      target: 1,
      lower: true,
      more,
    })
    return [
      row('open the store', 'ms', keeper.openMs, 3000, { processMs: childMs }),
      row('memory', 'MB', claims.rssMb, 300),
      row('disk', 'bytes/event', bytes / size, 4900, { fillPerSecond: filled.perSecond }),
      row('claim of 200, p99', 'ms', claims.claimP99, 100, {
        claimP50: claims.claimP50,
        settleP50: claims.settleP50,
        settleP99: claims.settleP99,
      }),
    ]
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}
