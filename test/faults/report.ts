import { readFileSync } from 'node:fs'
import path from 'node:path'

/** How one row went: `fault` a sentence, or `found` what it counted. */
export interface RowResult {
  readonly number: number
  readonly title: string
  readonly seconds: number
  readonly found?: string
  readonly fault?: string
}

const marker = '<!-- results -->'
const page = path.join(import.meta.dirname, '../../docs/crash-safety.md')

/** docs/crash-safety.md with these results instead of those that stand there; its prose stays. */
export function reportOf(
  results: readonly RowResult[],
  { seed, commit, on }: { readonly seed: number; readonly commit: string; readonly on: Date },
): string {
  const [before = '', , after = ''] = readFileSync(page, 'utf8').split(marker)
  const rows = results.map(
    ({ number, title, seconds, found = '', fault }) =>
      `| ${number} | ${title} | ${fault === undefined ? 'holds' : `**fails**: ${cell(fault)}`} | ${cell(found)} | ${seconds} |`,
  )
  const head = `${on.toISOString().slice(0, 10)}, commit ${commit}, seed ${seed}, Node.js ${process.versions.node}.`
  const table = ['| Row | Fault | Outcome | What was counted | s |', '|---|---|---|---|---|', ...rows].join('\n')
  return `${before}${marker}\n\n${head}\n\n${table}\n\n${marker}${after}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
