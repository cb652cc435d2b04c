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

interface Run {
  readonly seed: number
  readonly commit: string
  readonly on: Date
}

const marker = '<!-- results -->'
const page = path.join(import.meta.dirname, '../../docs/crash-safety.md')
const head = ['| Row | Fault | Outcome | What was counted | s | Run |', '|---|---|---|---|---|---|']

/** docs/crash-safety.md with these results; rows that were not run keep what stands there, and its prose stays. */
export const reportOf = (results: readonly RowResult[], run: Run): string =>
  mergeReport(readFileSync(page, 'utf8'), results, run)

/** A page with a table of results between its markers → the same with these results in it, rows by number and title. */
export function mergeReport(text: string, results: readonly RowResult[], { seed, commit, on }: Run): string {
  const [before = '', table = '', after = ''] = text.split(marker)
  const made = `${on.toISOString().slice(0, 10)}, ${commit}, seed ${seed}, Node.js ${process.versions.node}`
  const lines = new Map(
    table
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((line) => [keyOf(line), line]),
  )
  for (const { number, title, seconds, found = '', fault } of results) {
    const outcome = fault === undefined ? 'holds' : `**fails**: ${cell(fault)}`
    const line = `| ${number} | ${title} | ${outcome} | ${cell(found)} | ${seconds} | ${made} |`
    lines.set(keyOf(line), line)
  }
  const sorted = [...lines.values()].sort((a, b) => Number.parseInt(a.slice(2), 10) - Number.parseInt(b.slice(2), 10))
  return `${before}${marker}\n\n${[...head, ...sorted].join('\n')}\n\n${marker}${after}`
}

/** A line's number and title. */
const keyOf = (line: string): string => line.split(' | ').slice(0, 2).join(' ')

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
