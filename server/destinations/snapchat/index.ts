import type { Destination } from '../destination.ts'
import { actionSource, batchSize, spelledName } from '../wire.ts'
import { map } from './map.ts'
import { probe, readProbe } from './probe.ts'
import { request } from './request.ts'
import { respond } from './respond.ts'
import { acceptedName, actionSources, batch, eventsManager, maxAgeMs, pairingMs, versions } from './rules.ts'
import { checkSettings } from './settings.ts'

export const snapchat: Destination = {
  name: 'snapchat',
  limits: {
    batch,
    maxAgeMs: (event, settings) => maxAgeMs(actionSource(event, settings.action_source, actionSources)),
    pairingMs,
  },
  versions,
  eventsManager,
  actionSources,
  nameOf: (name) => acceptedName(spelledName(name, 'snapchat')),
  takesCustomFields: true,
  map,
  request,
  respond,
  batchSize: (settings) => batchSize(settings, batch),
  checkSettings,
  probe,
  readProbe,
}
