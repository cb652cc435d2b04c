import type { PlatformName } from '../../shared/names.ts'

/**
 * How pages call a platform's function, and the two places it hands its calls to.
 * `command`: a call that tells of an event, as its command and the type of its third argument; where the group matches,
 * a pixel's ID stands before the name. `idStep`: from the name to the object with the event's ID. `idNames`: what the ID
 * is called there; we write the first.
 */
type Observed = readonly [queue: string, live: string, command: RegExp, idStep: 1 | 2, ...idNames: string[]]

export const observed: Readonly<Record<PlatformName, Observed>> = {
  meta: ['queue', 'callMethod', /^track(Single)?(Custom)? /, 2, 'eventID', 'event_id'],
  reddit: ['callQueue', 'sendEvent', /^track /, 1, 'conversionId'],
  snapchat: ['queue', 'handleRequest', /^track (string)?/i, 1, 'client_dedup_id', 'client_deduplication_id', 'cdid'],
}
