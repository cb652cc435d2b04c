import type { Destination } from '../destination.ts'
import { actionSource, batchSize, spelledName } from '../wire.ts'
import { map } from './map.ts'
import { probe, readProbe } from './probe.ts'
import { request } from './request.ts'
import { respond } from './respond.ts'
import { actionSources, batch, eventsManager, maxAgeMs, pairingMs, versions, type Source } from './rules.ts'
import { checkSettings } from './settings.ts'

export const meta: Destination = {
  name: 'meta',
  limits: {
    batch,
    maxAgeMs: (event, settings) => maxAgeMs(actionSource<Source>(event, settings.action_source, actionSources)),
    pairingMs,
  },
  versions,
  eventsManager,
  actionSources,
  nameOf: (name) => spelledName(name, 'meta'),
  takesCustomFields: true,
  map,
  request,
  respond,
  batchSize: (settings) => batchSize(settings, batch),
  checkSettings,
  probe,
  readProbe,
}
