/** One kind of error at one instance, of all time; how often within a range stands in the series. */
export interface ErrorWords {
  readonly instance: string
  readonly code: string
  /** The last words, without a token or a match key. */
  readonly words: string
  readonly firstAt: number
  readonly lastAt: number
}

const mostCodes = 50
export const otherCode = 'other'

/** What went wrong at the platforms: so many codes of each instance, and the rest together. */
export function createErrors(given: readonly ErrorWords[] = []) {
  const byKey = new Map(given.map((one) => [`${one.instance}\0${one.code}`, one]))
  const isFull = (instance: string) =>
    [...byKey.values()].filter((one) => one.instance === instance).length >= mostCodes
  return {
    /** The code under which it is counted. */
    note(instance: string, code: string, words: string, at: number): string {
      const known = byKey.get(`${instance}\0${code}`)
      const name = known || !isFull(instance) ? code : otherCode
      const key = `${instance}\0${name}`
      const firstAt = byKey.get(key)?.firstAt ?? at
      byKey.set(key, { instance, code: name, words: words.slice(0, 400), firstAt, lastAt: at })
      return name
    },
    list: (): readonly ErrorWords[] => [...byKey.values()],
    prune(before: number): void {
      for (const [key, { lastAt }] of byKey) if (lastAt < before) byKey.delete(key)
    },
  }
}
