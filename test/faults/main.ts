import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { keepCompiled } from '../../server/compile-cache.mjs'
import { openLab } from './lab.ts'
import { createRandom } from './random.ts'
import { reportOf, type RowResult } from './report.ts'
import { runRow, type Row } from './row.ts'

const folder = path.join(import.meta.dirname, 'rows')

/** Every row there is, by number. */
export async function loadRows(): Promise<readonly Row[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const rows = await Promise.all(
    files.map(async (name) => ((await import(path.join(folder, name))) as { readonly default: Row }).default),
  )
  return rows.sort((a, b) => a.number - b.number)
}

/** Runs rows one after the other, each in a lab of its own, and says how each went. */
export async function runRows(
  rows: readonly Row[],
  { seed, runs, say }: { readonly seed: number; readonly runs?: number; readonly say: (line: string) => void },
): Promise<readonly RowResult[]> {
  const results: RowResult[] = []
  for (const row of rows) {
    const begun = performance.now()
    const lab = await openLab()
    const outcome = await runRow(row, { lab, seed, runs, say, random: createRandom(seed + row.number) })
      .then((found): Pick<RowResult, 'found' | 'fault'> => ({ found: found ?? '' }))
      .catch((error: unknown): Pick<RowResult, 'found' | 'fault'> => ({
        fault: error instanceof Error ? error.message : String(error),
      }))
    await lab.close()
    const { number, title } = row
    const seconds = Math.round((performance.now() - begun) / 100) / 10
    results.push({ number, title, seconds, ...outcome })
    say(
      `${outcome.fault === undefined ? 'holds' : 'FAILS'}  ${number}  ${title}  (${seconds} s) ${outcome.fault ?? outcome.found}`,
    )
  }
  return results
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string' },
      store: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      report: { type: 'string' },
    },
  })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  say(
    `seed ${seed}; the same again: npm run test:faults -- --seed ${seed}${values.rows ? ` --rows ${values.rows}` : ''}`,
  )
  const wanted = values.rows?.split(',').map(Number)
  const all = await loadRows()
  for (const number of wanted ?? [])
    if (!all.some((row) => row.number === number))
      say(`FAILS  ${number}  there is no file for this row in test/faults/rows`)
  const isOf = ({ store }: Row) => values.store === undefined || store === undefined || store === values.store
  const rows = all.filter((one) => (!wanted || wanted.includes(one.number)) && isOf(one))
  const results = await runRows(rows, { seed, ...(values.runs && { runs: Number(values.runs) }), say })
  if (values.report) {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
    writeFileSync(values.report, reportOf(results, { seed, commit, on: new Date() }))
  }
  const missing = (wanted ?? []).filter((number) => !rows.some((one) => one.number === number)).length
  const bad = results.filter(({ fault }) => fault !== undefined).length + missing
  say(bad ? `${bad} of ${rows.length + missing} rows fail` : `all ${rows.length} rows hold`)
  return bad ? 1 : 0
}

if (process.argv[1] === import.meta.filename) {
  keepCompiled() // most of a collector's start is compiling the same files again
  process.exit(await main())
}
