/** Values in the sketch of one key: whatever more than a ninth of all events share is surely among them. */
const places = 8
const mostKeys = 2000
/** So many events at least, and so large a share of one value, and it tells nobody apart. */
const least = 20
const share = 0.3

/** Finds a value that many events share (Misra and Gries): eight counters a key, whatever comes. In memory only. */
export function createHeavy() {
  const sketches = new Map<string, { total: number; readonly counts: Map<string, number> }>()
  return {
    add(key: string, value: string): void {
      let sketch = sketches.get(key)
      if (!sketch) {
        if (sketches.size >= mostKeys) return
        sketches.set(key, (sketch = { total: 0, counts: new Map() }))
      }
      const { counts } = sketch
      sketch.total++
      const n = counts.get(value)
      if (n !== undefined) counts.set(value, n + 1)
      else if (counts.size < places) counts.set(value, 1)
      else
        for (const [other, m] of counts)
          if (m > 1) counts.set(other, m - 1)
          else counts.delete(other)
    },
    /** Do many events share one value? The sketch counts too low by a ninth at most, never too high. */
    isShared(key: string): boolean {
      const sketch = sketches.get(key)
      return (
        sketch !== undefined && sketch.total >= least && Math.max(0, ...sketch.counts.values()) > share * sketch.total
      )
    },
  }
}
