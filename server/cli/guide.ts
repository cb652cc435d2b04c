import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { GuideTopic } from '../destinations/destination.ts'

/** Topic → the heading of its part, the same in every guide. */
export const guideHeadings = {
  pixel_id: 'Where the pixel ID is',
  token: 'Make the token',
  paste: 'Paste it whole',
  unhealthy: 'When it is not healthy',
  rotate: 'Replace a token',
  test: 'Test events',
  version: 'API version',
} as const satisfies Record<GuideTopic, string>

/** Beside the sources in a checkout, beside the compiled files in the package. */
const folder = path.join(import.meta.dirname, '../../docs/tokens')

/** A platform's guide by the name people find it under. */
export const guideName = (platform: string): string => `docs/tokens/${platform}.md`

/** The lines of one part of a platform's guide, as plain text; none where there is no such guide or part. */
export function guideLines(platform: string, topic: GuideTopic): readonly string[] {
  let page: string
  try {
    page = readFileSync(path.join(folder, `${platform}.md`), 'utf8')
  } catch {
    return [] // a platform that somebody added may have no guide
  }
  return plainLines(partOf(page, guideHeadings[topic]))
}

/** The lines under a second-level heading, up to the next one. */
function partOf(page: string, heading: string): readonly string[] {
  const lines = page.split(/\r?\n/)
  const start = lines.indexOf(`## ${heading}`)
  if (start < 0) return []
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => /^##? /.test(line))
  return rest.slice(0, end < 0 ? undefined : end)
}

/** Markdown as it is read in a terminal: no table rules, no bold, addresses in brackets, no empty lines at the ends. */
function plainLines(lines: readonly string[]): readonly string[] {
  const plain = lines
    .filter((line, at) => !isRule(line) && !isRule(lines[at + 1] ?? '') && !line.startsWith('```'))
    .map((line) => (line.startsWith('|') ? asItem(line) : line))
    .join('\n') // bold words and links may go over the end of a line
    .replace(/(?<!\*)\*\*(?=\w)([^*]+)\*\*/g, '$1')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)')
    .split('\n')
  const isText = (line: string) => line.trim() !== ''
  return plain.slice(plain.findIndex(isText), plain.findLastIndex(isText) + 1)
}

/** The line between a table's titles and its rows; the titles above it go with it. */
const isRule = (line: string): boolean => /^\|[\s:|-]+\|$/.test(line)

const asItem = (row: string): string =>
  `- ${row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
    .join(' – ')}`
