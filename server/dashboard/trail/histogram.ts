/** Upper edges of steps, ms; what is above the last one falls into one more. */
export const ackEdges = [0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 2500, 5000] as const
export const gapEdges = [
  100, 250, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000, 21_600_000, 86_400_000,
] as const

/** The number of the step a value falls into. */
export function stepOf(edges: readonly number[], value: number): number {
  const at = edges.findIndex((edge) => value <= edge)
  return at < 0 ? edges.length : at
}

/** The value below which this share lies, read between the edges of its step; undefined: nothing was counted. */
export function quantile(edges: readonly number[], counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, n) => sum + n, 0)
  if (total <= 0) return undefined
  let below = 0
  for (const [at, n] of counts.entries()) {
    if (n > 0 && below + n >= share * total) {
      const from = at === 0 ? 0 : edges[at - 1]!
      const to = edges[at] ?? edges.at(-1)!
      return from + (to - from) * Math.max(0, (share * total - below) / n)
    }
    below += n
  }
  return edges.at(-1)
}
