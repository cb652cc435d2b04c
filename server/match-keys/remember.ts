import type { Around, Digested } from './digest.ts'

const mostKept = 1024
const mostChars = 64

/**
 * The same function, which answers from memory what it was asked before. For places and the like, of which there are few
 * and which name nobody; never for what is a person's own. Bounded in number and length, the oldest goes first.
 */
export function remembering(key: (text: string, around: Around) => Digested): typeof key {
  const kept = new Map<string, Digested>()
  return (text, around) => {
    if (text.length > mostChars) return key(text, around)
    const asked = `${around.country ?? ''} ${text}`
    const known = kept.get(asked)
    if (known) return known
    const answer = key(text, around)
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value!)
    kept.set(asked, answer)
    return answer
  }
}
