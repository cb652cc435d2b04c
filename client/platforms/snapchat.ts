import { copyOf } from '../safe.ts'
import type { PixelPlatform } from './platform.ts'

export const snapchat: PixelPlatform = {
  platformName: 'snapchat',
  globalName: 'snaptr',
  nameAt: 3,
  callsFor([price, currency, item_ids], event, name) {
    const { event_id: client_dedup_id, order_id } = event
    // Snapchat may pair a purchase by its order number too, so it always has one.
    const transaction_id = order_id ?? (name === 'PURCHASE' ? client_dedup_id : '')
    return name ? [['track', name, copyOf({ price, currency, item_ids, transaction_id, client_dedup_id })]] : undefined
  },
}
