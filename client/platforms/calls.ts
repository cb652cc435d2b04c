import { standardName } from '../../shared/names.ts'
import { nameValues } from '../compact.ts'
import type { WireEvent } from '../wire.ts'
import { readBasket } from './basket.ts'
import { pixelEventName } from './index.ts'
import type { PixelPlatform } from './platform.ts'

const customNameChars = 64

/** The argument lists of the calls that fire an event at a platform. */
export function pixelCalls(platform: PixelPlatform, event: WireEvent, pixelIds: readonly string[]): unknown[][] {
  const name = pixelEventName(platform, event.event)!
  const params = nameValues(platform.paramNames(name), readBasket(event, platform.itemNames)) ?? {}
  if (platform.idOffset > 1) {
    const call = [name, params, { [platform.idKey]: event.event_id }]
    const kind = standardName(event.event, 'meta') ? '' : 'Custom'
    // Plain `track` reaches every pixel on the page, another agency's too: so by ID where IDs are known.
    return pixelIds.length
      ? pixelIds.map((pixelId) => [`trackSingle${kind}`, pixelId, ...call])
      : [[`track${kind}`, ...call]]
  }
  params[platform.idKey] = event.event_id
  if (name === 'Custom') params.customEventName = Array.from(event.event).slice(0, customNameChars).join('')
  // Snapchat may pair a purchase by its order number too, so it always has one.
  if (name === 'PURCHASE') params.transaction_id ??= event.event_id
  return [['track', name, params]]
}
