import { copyOf } from '../safe.ts'
import type { PixelPlatform } from './platform.ts'

export const reddit: PixelPlatform = {
  platformName: 'reddit',
  globalName: 'rdt',
  callsFor: ([value, currency], event, name = 'Custom') => [
    [
      'track',
      name,
      copyOf({
        // PageVisit, ViewContent and Search take no amount.
        ...(!/Vi|Sea/.test(name) && { value, currency }),
        conversionId: event.event_id,
        // 64 code points of it.
        customEventName: name === 'Custom' ? Array.from(event.event).slice(0, 64).join('') : '',
      }),
    ],
  ],
  // Reddit's pixel sends the digest of the ID.
  hitParts: (digest, _, name = 'Custom') => ['rp.gif?', `event=${name}&`, `Id=${digest}`],
}
