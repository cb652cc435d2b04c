/** Values in the sketch of one key: whatever more than a ninth of all events share is surely among them. */
const places = 8
const mostKeys = 2000
/** So many events at least, and so large a share of one value, and it tells nobody apart. */
const least = 20
const share = 0.3

/** Finds a value that many events share (Misra and Gries): eight counters a key, whatever comes. In memory only. */
export function createHeavy() {
  /** By series, then by match key: to look twice costs less than to write both as one text. */
  const sketches = new Map<string, Map<string, { total: number; readonly counts: Map<string, number> }>>()
  let size = 0
  return {
    add(series: string, key: string, value: string): void {
      let sketch = sketches.get(series)?.get(key)
      if (!sketch) {
        if (size >= mostKeys) return
        size++
        sketch = { total: 0, counts: new Map() }
        const ofSeries = sketches.get(series) ?? new Map<string, typeof sketch>()
        sketches.set(series, ofSeries.set(key, sketch))
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
    isShared(series: string, key: string): boolean {
      const sketch = sketches.get(series)?.get(key)
      return (
        sketch !== undefined && sketch.total >= least && Math.max(0, ...sketch.counts.values()) > share * sketch.total
      )
    },
  }
}
