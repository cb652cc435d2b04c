import { copyOf } from '../safe.ts'
import type { PixelPlatform } from './platform.ts'

export const reddit: PixelPlatform = {
  platformName: 'reddit',
  globalName: 'rdt',
  nameAt: 2,
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
}
