import type { Around, Digested } from './digest.ts'

const mostKept = 1024
const mostChars = 64

/**
 * The same function, which answers from memory what it was asked before. For places and the like, of which there are few
 * and which name nobody; never for what is a person's own. Bounded in number and length; when it is full it begins anew.
 */
export function remembering(key: (text: string, around: Around) => Digested): typeof key {
  /** By country, then by text: to write both as one text costs more than to look twice. */
  const kept = new Map<string | undefined, Map<string, Digested>>()
  let count = 0
  return (text, around) => {
    const known = kept.get(around.country)?.get(text)
    if (known) return known
    const answer = key(text, around)
    if (text.length > mostChars) return answer
    if (++count > mostKept) {
      kept.clear()
      count = 1
    }
    let ofCountry = kept.get(around.country)
    if (!ofCountry) kept.set(around.country, (ofCountry = new Map<string, Digested>()))
    ofCountry.set(text, answer)
    return answer
  }
}
