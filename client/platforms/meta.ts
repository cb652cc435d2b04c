import { copyOf } from '../safe.ts'
import type { PixelPlatform } from './platform.ts'

export const meta: PixelPlatform = {
  platformName: 'meta',
  globalName: 'fbq',
  nameAt: 1,
  callsFor([value, currency, content_ids], event, name, pixelIds) {
    const call = [
      name ?? event.event,
      copyOf({ value, currency, content_ids, content_type: content_ids[0] && 'product' }),
      { eventID: event.event_id },
    ]
    const custom = name ? '' : 'Custom'
    // Plain `track` reaches every pixel on the page, another agency's too: so by ID where IDs are known.
    return pixelIds[0] ? pixelIds.map((id) => [`trackSingle${custom}`, id, ...call]) : [[`track${custom}`, ...call]]
  },
}
