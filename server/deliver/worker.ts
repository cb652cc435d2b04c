import type { InstanceSettings } from '../destinations/destination.ts'
import { destinationOf } from '../destinations/index.ts'
import { createLane, type Lane, type LaneDeps } from './lane.ts'
import { createSender } from './send.ts'

export interface Worker {
  readonly lanes: readonly Lane[]
  /** A delivery of this instance may fall due at this time. */
  nudge(instance: string, at: number): void
  start(): void
  stop(): Promise<void>
}

/** A lane for each instance, over one pool of connections. */
export function createWorker(instances: readonly InstanceSettings[], deps: Omit<LaneDeps, 'send'>): Worker {
  const sender = createSender()
  const lanes = instances.map((instance) =>
    createLane(instance, destinationOf(instance), { ...deps, send: sender.send }),
  )
  const byName = new Map(lanes.map((lane) => [lane.instance.name, lane]))
  return {
    lanes,
    nudge: (instance, at) => byName.get(instance)?.nudge(at),
    start() {
      for (const lane of lanes) lane.start()
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()))
      await sender.close()
    },
  }
}
