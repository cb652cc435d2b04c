import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { guideHeadings, guideLines, guideName } from '../../server/cli/guide.ts'
import { destinationNames } from '../../server/destinations/index.ts'
import type { GuideTopic } from '../../server/destinations/destination.ts'

const root = path.resolve(import.meta.dirname, '../..')
const topics = Object.keys(guideHeadings) as GuideTopic[]
const guides = readdirSync(path.join(root, 'docs/tokens')).filter((file) => file.endsWith('.md'))

test('every platform we forward to has a guide', () => {
  expect(guides).toEqual(expect.arrayContaining(destinationNames.map((name) => `${name}.md`)))
})

describe.each(guides)('%s', (file) => {
  const platform = file.replace('.md', '')
  const page = readFileSync(path.join(root, guideName(platform)), 'utf8')

  test('has the seven parts, in order, and no other', () => {
    expect(Array.from(page.matchAll(/^## (.+)$/gm), ([, heading]) => heading)).toEqual(Object.values(guideHeadings))
  })

  test.each(topics)('%s: has lines, none of another part, and none that only a browser understands', (topic) => {
    const lines = guideLines(platform, topic)
    expect(lines.join('').length).toBeGreaterThan(40)
    expect([lines[0]?.trim(), lines.at(-1)?.trim()]).not.toContain('')
    const ownText = page.split(`## ${guideHeadings[topic]}\n`)[1]!.split(/^## /m)[0]!
    for (const line of lines) {
      expect(line).not.toMatch(/^#{1,2} |^\||^```|\*\*\w|\w\*\*|\]\(/)
      const words = line.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
      expect(words.every((word) => ownText.includes(word))).toBe(true)
    }
  })
})

test.each([
  ['a platform without a guide', 'no-such-platform', 'token'],
  ['a topic of nobody', 'meta', 'no-such-topic' as GuideTopic],
] as const)('%s has no lines', (_sentence, platform, topic) => {
  expect(guideLines(platform, topic)).toEqual([])
})
