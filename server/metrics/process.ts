import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Sample } from './families.ts'

export interface ProcessFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  readonly read: () => readonly Sample[]
}

/** What the process itself tells. The delay is that since the last reading. */
export function createProcessFamilies(): { readonly families: readonly ProcessFamily[]; stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
  const families: readonly ProcessFamily[] = [
    {
      name: 'event_loop_delay_seconds',
      type: 'gauge',
      help: 'How late the process comes to its work, since the last reading.',
      labels: ['stat'],
      read: () => {
        const samples = [
          { labels: { stat: 'mean' }, value: seconds(delay.mean) },
          { labels: { stat: 'p99' }, value: seconds(delay.percentile(99)) },
          { labels: { stat: 'max' }, value: delay.count ? seconds(delay.max) : 0 },
        ]
        delay.reset()
        return samples
      },
    },
    {
      name: 'memory_bytes',
      type: 'gauge',
      help: 'Memory of the process: resident, and used of the heap.',
      labels: ['kind'],
      read: () => {
        const { rss, heapUsed } = process.memoryUsage()
        return [
          { labels: { kind: 'resident' }, value: rss },
          { labels: { kind: 'heap' }, value: heapUsed },
        ]
      },
    },
    {
      name: 'cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of the process.',
      labels: [],
      read: () => {
        const { user, system } = process.cpuUsage()
        return [{ labels: {}, value: (user + system) / 1e6 }]
      },
    },
    {
      name: 'start_time_seconds',
      type: 'gauge',
      help: 'When the process started.',
      labels: [],
      read: () => [{ labels: {}, value: (performance.timeOrigin ?? 0) / 1000 }],
    },
  ]
  return { families, stop: () => void delay.disable() }
}
