import type { PixelPlatform } from './platform.ts'

export const snapchat: PixelPlatform = {
  platformName: 'snapchat',
  globalName: 'snaptr',
  queueName: 'queue',
  liveName: 'handleRequest',
  idKey: 'client_dedup_id',
  idOffset: 1,
  scriptFile: /scevent\.min\.js/,
  hitPath: /^$/,
  hitName: '',
  hitId: '',
  customName: () => undefined,
  itemNames: '',
  paramNames: () => 'price,currency,transaction_id,number_items,,item_ids,search_string,,item_category',
}
