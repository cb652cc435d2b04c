import type { Destination } from '../destination.ts'
import { batchSize, spelledName } from '../wire.ts'
import { customEventName } from './fields.ts'
import { map } from './map.ts'
import { probe, readProbe } from './probe.ts'
import { request } from './request.ts'
import { respond } from './respond.ts'
import { actionSources, batch, eventsManager, isV3, maxAgeMs, pairingMs, versions } from './rules.ts'
import { checkSettings } from './settings.ts'

export const reddit: Destination = {
  name: 'reddit',
  limits: { batch, maxAgeMs: () => maxAgeMs, pairingMs },
  versions,
  eventsManager,
  actionSources,
  nameOf: (name) => customEventName(spelledName(name, 'reddit')),
  takesCustomFields: false,
  map,
  request,
  respond,
  // Event Testing shows one event of a request.
  batchSize: (settings) => (isV3(settings) && settings.test_id ? 1 : batchSize(settings, batch)),
  checkSettings,
  probe,
  readProbe,
}
