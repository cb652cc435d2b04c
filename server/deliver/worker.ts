import type { InstanceSettings } from '../destinations/destination.ts'
import { destinationOf } from '../destinations/index.ts'
import { createLane, type Lane, type LaneDeps } from './lane.ts'
import { createSender } from './send.ts'

export interface Worker {
  readonly lanes: readonly Lane[]
  /** A delivery of this instance may fall due at this time. */
  nudge(instance: string, at: number): void
  /** Other settings for the same lanes, or other lanes: what goes on keeps its place, nothing is lost. */
  reload(instances: readonly InstanceSettings[]): Promise<void>
  start(): void
  stop(): Promise<void>
}

/** A lane for each instance, over one pool of connections. */
export function createWorker(instances: readonly InstanceSettings[], deps: Omit<LaneDeps, 'send'>): Worker {
  const sender = createSender()
  const laneOf = (instance: InstanceSettings): Lane =>
    createLane(instance, destinationOf(instance), { ...deps, send: sender.send })
  const byName = new Map(instances.map((instance) => [instance.name, laneOf(instance)]))
  let isRunning = false
  return {
    get lanes() {
      return [...byName.values()]
    },
    nudge: (instance, at) => byName.get(instance)?.nudge(at),
    async reload(next) {
      const isKept = (lane: Lane) =>
        next.some(({ name, platform }) => name === lane.instance.name && platform === lane.instance.platform)
      const ended = [...byName.values()].filter((lane) => !isKept(lane))
      await Promise.all(ended.map((lane) => lane.stop()))
      for (const lane of ended) byName.delete(lane.instance.name)
      for (const instance of next) {
        const lane = byName.get(instance.name)
        if (lane) {
          lane.update(instance)
          continue
        }
        const added = laneOf(instance)
        byName.set(instance.name, added)
        if (isRunning) added.start()
      }
    },
    start() {
      isRunning = true
      for (const lane of byName.values()) lane.start()
    },
    async stop() {
      isRunning = false
      await Promise.all([...byName.values()].map((lane) => lane.stop()))
      await sender.close()
    },
  }
}
