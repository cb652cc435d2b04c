/** A small generator of numbers (mulberry32): the same seed gives the same run. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    /** A whole number, both ends included. */
    int,
    chance: (share: number): boolean => next() < share,
    pick: <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!,
  }
}
export type Random = ReturnType<typeof createRandom>
