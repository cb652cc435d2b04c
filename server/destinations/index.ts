import type { Destination, InstanceSettings } from './destination.ts'
import * as list from './list.ts'

/** The platforms we forward to, by name. */
export const destinations = { ...list } satisfies Readonly<Record<string, Destination>>

export const destinationNames: readonly string[] = Object.keys(destinations)

/** The destination of this name; undefined for any other. */
export const findDestination = (name: string): Destination | undefined =>
  Object.hasOwn(destinations, name) ? (destinations as Readonly<Record<string, Destination>>)[name] : undefined

/** The platform of an instance; settings name no other than the known ones. */
export function destinationOf({ name, platform }: Pick<InstanceSettings, 'name' | 'platform'>): Destination {
  const destination = findDestination(platform)
  if (!destination) throw new Error(`${name} is of no known platform`)
  return destination
}
