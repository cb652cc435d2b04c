import { el } from '../dom.ts'
import type { Child } from '../dom.ts'

/** Lines of a guide as elements: `1.` begins a step, `-` a point, anything else a paragraph; `code` in its own letters. */
export function prose(text: string): readonly HTMLElement[] {
  const blocks: { readonly kind: 'ol' | 'ul' | 'p'; readonly lines: string[] }[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    const kind = /^\d+\. /.test(line) ? 'ol' : line.startsWith('- ') ? 'ul' : 'p'
    const last = blocks.at(-1)
    if (!line) blocks.push({ kind: 'p', lines: [] })
    else if (last?.kind === kind || (last && kind === 'p' && last.lines.length)) addTo(last, line, kind)
    else blocks.push({ kind, lines: [line] })
  }
  return blocks
    .filter(({ lines }) => lines.length)
    .map(({ kind, lines }) =>
      kind === 'p'
        ? el('p', {}, ...inline(lines.join(' ')))
        : el(kind, {}, ...lines.map((line) => el('li', {}, ...inline(line.replace(/^(\d+\.|-) /, ''))))),
    )
}

/** A line that begins nothing goes on with the one before. */
function addTo(block: { readonly kind: string; readonly lines: string[] }, line: string, kind: string) {
  if (kind === 'p' && block.kind !== 'p') block.lines.push(`${block.lines.pop() ?? ''} ${line}`)
  else block.lines.push(line)
}

const inline = (text: string): readonly Child[] =>
  text.split('`').map((piece, at) => (at % 2 ? el('code', {}, piece) : piece))

/**
 * A platform's answer without its braces: what its sentences say. Answers are cut short, so this reads no JSON, and what
 * has no sentence stays as it is.
 */
export function plainAnswer(words: string): string {
  const found = [
    ...words.matchAll(/"(?:message|reason|detail|error_user_title|error_user_msg)"\s*:\s*"((?:[^"\\]|\\.)*)"?/g),
  ]
  const sentences = [...new Set(found.map(([, sentence = '']) => sentence.replaceAll(/\\(["\\/])/g, '$1')))]
  return sentences.join(' ') || words
}
