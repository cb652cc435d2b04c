import type { Props } from '../api.ts'
import { copyOf } from '../safe.ts'
import type { Facts } from '../wire.ts'

/** Our own fields lifted to their places in the event; the rest stays free properties. A copy that no one else holds. */
export function readFacts(given: Props = {}): Facts {
  const { value, currency, order_id, search_string, items, user, ...props } = copyOf<Facts & Props>(given)
  return { value, currency, order_id, search_string, items, user, props }
}
