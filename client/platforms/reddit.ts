import type { PixelPlatform } from './platform.ts'

export const reddit: PixelPlatform = {
  platformName: 'reddit',
  globalName: 'rdt',
  queueName: 'callQueue',
  liveName: 'sendEvent',
  idKey: 'conversionId',
  idOffset: 1,
  scriptFile: /reddit.*\/pixel\.js/,
  hitPath: /\/rp\.gif$/,
  hitName: 'event',
  hitId: 'm.conversionId',
  customName: () => 'Custom',
  itemNames: 'id,quantity,itemPrice,name,category',
  /** Which events take a value, an order number and a count is Reddit's own table. */
  paramNames: (name) =>
    (/PageVisit|ViewContent|Search/.test(name)
      ? ',,,'
      : /AddTo/.test(name)
        ? 'value,currency,,itemCount'
        : /Lead|SignUp/.test(name)
          ? 'value,currency,transactionId,'
          : 'value,currency,transactionId,itemCount') + ',products',
}
