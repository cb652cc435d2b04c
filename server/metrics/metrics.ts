import { Counter, Gauge, Registry } from 'prom-client'
import { families, type Sample } from './families.ts'
import type { Figures } from './figures.ts'
import { createProcessFamilies } from './process.ts'

/** Further metrics of a part that has its own sums, such as alerts. */
export interface MoreSamples {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  readonly read: () => readonly Sample[]
}

export interface Metrics {
  /** The text of one scrape. */
  render(figures: Figures): Promise<string>
  readonly contentType: string
  stop(): void
}

const prefix = 'pairpixel_'

/** Fills a registry of its own at each scrape; between two scrapes it does nothing. */
export function createMetrics(more: readonly MoreSamples[] = []): Metrics {
  const own = createProcessFamilies()
  const registry = new Registry()
  const filled = [...families, ...own.families, ...more].map(({ name, type, help, labels, read }) => {
    const options = { name: prefix + name, help, labelNames: [...labels], registers: [registry] }
    const metric = type === 'counter' ? new Counter(options) : new Gauge(options)
    return (figures: Figures) => {
      metric.reset()
      // One without labels would now say 0, even of what is not known.
      if (!labels.length) metric.remove()
      for (const sample of read(figures)) metric.inc(sample.labels, sample.value)
    }
  })
  return {
    contentType: registry.contentType,
    async render(figures) {
      for (const fill of filled) fill(figures)
      return registry.metrics()
    },
    stop: () => own.stop(),
  }
}
