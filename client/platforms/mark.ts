import type { WireEvent } from '../wire.ts'
import { pixelEventName } from './index.ts'
import type { PixelFunction, PixelPlatform } from './platform.ts'

const ownId = /^(event_?id|conversionId|client_dedup.*id|cdid)$/i

/**
 * Puts our ID into the page's own calls of this event that still wait in the stub's queue, as copies, for the page
 * keeps its own objects. False when there are none, or only such as bear the site's ID already.
 */
export function markQueue(platform: PixelPlatform, pixel: PixelFunction, event: WireEvent): boolean {
  const name = pixelEventName(platform, event.event)
  const queue = pixel[platform.queueName]
  let marked = false
  // Once the library is live, nobody can tell what has left already.
  if (!pixel[platform.liveName] && Array.isArray(queue))
    queue.forEach((given: ArrayLike<unknown>, index) => {
      const call = Array.from(given)
      const at = call.indexOf(name)
      const slot = call[at + platform.idOffset] ?? {}
      // What is no object where parameters belong is not ours to replace.
      if (at < 1 || !/^track/i.test(String(call[0])) || typeof slot !== 'object') return
      if (Object.keys(slot).some((key) => ownId.test(key))) return
      call[at + 1] ??= {}
      call[at + platform.idOffset] = { ...slot, [platform.idKey]: event.event_id }
      queue[index] = call
      marked = true
    })
  return marked
}
