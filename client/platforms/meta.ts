import type { PixelPlatform } from './platform.ts'

export const meta: PixelPlatform = {
  platformName: 'meta',
  globalName: 'fbq',
  queueName: 'queue',
  liveName: 'callMethod',
  idKey: 'eventID',
  idOffset: 2,
  scriptFile: /fbevents\.js/,
  hitPath: /\/tr\/?$/,
  hitName: 'ev',
  hitId: 'eid',
  customName: (canonical) => canonical,
  itemNames: 'id,quantity,item_price',
  paramNames: () => 'value,currency,order_id,num_items,contents,content_ids,search_string,content_type',
}
