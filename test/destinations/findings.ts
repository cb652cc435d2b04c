import type { Finding, InstanceSettings } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import { accounts } from './send.ts'
import { instance } from './vectors.ts'

export type Platform = keyof typeof accounts
/** Settings beside a good account, and what is found in them, each as level, field and part of the guide. */
export type Row = readonly [what: string, change: Partial<InstanceSettings>, found: readonly string[]]

/** What a platform finds in the settings of a good account, with changes. */
export const find = (name: Platform, change: Partial<InstanceSettings> = {}): readonly Finding[] =>
  destinations[name].checkSettings(instance(name, { ...accounts[name], ...change }))

export const brief = (name: Platform, change: Partial<InstanceSettings>): readonly string[] =>
  find(name, change).map(({ level, field, guide }) => `${level} ${field} ${guide}`)
