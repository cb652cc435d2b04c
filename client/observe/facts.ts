import type { Props } from '../api.ts'

/** The parameters of a platform's call → ours: Meta's names, Reddit's and Snapchat's. Whoever makes the event copies. */
export const factsOf = (params: Props = {}): Props => ({
  value: params.value ?? params.price,
  currency: params.currency,
  order_id: params.order_id ?? params.transactionId ?? params.transaction_id,
  search_string: params.search_string,
  items: [params.contents ?? params.products ?? params.content_ids ?? params.item_ids]
    .flat()
    .map((item) =>
      typeof item === 'object'
        ? { price: (item as Props | null)?.item_price ?? (item as Props | null)?.itemPrice, ...item }
        : { id: item },
    ),
})
