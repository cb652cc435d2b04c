import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

const underDocs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })

/** Every page of words, by its path from the root. */
export const pageNames: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...underDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`),
].sort()

export const readFile = (name: string): string => readFileSync(path.join(root, name), 'utf8')

/** A page without its code blocks. */
export const wordsOf = (page: string): string => page.replace(/^```[^]*?^```$/gm, '')

/** The text under a heading, up to the next one of the same or a higher level. Throws when there is none. */
export function section(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const lines = page.split('\n')
  const start = lines.indexOf(heading)
  if (start < 0) throw new Error(`there is no heading "${heading}"`)
  let inCode = false
  const end = lines.findIndex((line, at) => {
    if (at <= start) return false
    if (line.startsWith('```')) inCode = !inCode
    return !inCode && new RegExp(`^#{1,${level}} `).test(line)
  })
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n')
}

/** The rows of the table whose first column has this title, cells trimmed, title row left out. Throws when there is none. */
export function table(text: string, firstTitle: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${firstTitle} |`))
  if (start < 0) throw new Error(`there is no table "${firstTitle}"`)
  const rows: string[][] = []
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  }
  return rows
}

/** What stands between backticks. */
export const codeIn = (text: string): readonly string[] => Array.from(text.matchAll(/`([^`]+)`/g), ([, code]) => code!)

export interface Block {
  /** What stands behind the three backticks: `json event`. */
  readonly label: string
  readonly text: string
}

/** The code blocks of a page, in order. */
export const blocks = (page: string): readonly Block[] =>
  Array.from(page.matchAll(/^```([^\n]*)\n([^]*?)^```$/gm), ([, label, text]) => ({ label: label!, text: text! }))

/** The JSON of every block with this label. */
export const jsonBlocks = (page: string, label: string): readonly unknown[] =>
  blocks(page)
    .filter((block) => block.label === label)
    .map(({ text }) => JSON.parse(text) as unknown)
