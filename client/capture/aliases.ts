import { itemOf } from '../../shared/item-names.ts'
import type { Props } from '../api.ts'
import { copyOf } from '../safe.ts'

type Given = Readonly<Record<string, unknown>>

/**
 * The properties of an event as GA4 or Segment name them → as we do. What has our name keeps it, what is unknown stays
 * as it is, what only steers another tag is left out. No number is read from a text or worked out of others.
 */
export function withOurNames(props: Props = {}): Props {
  const given = Object.fromEntries(
    Object.entries(copyOf<Given>(props)).filter(
      ([name]) => !/^(event(_id|_callback|_timeout|Model)?|send_to|gtm\..+)$/.test(name),
    ),
  )
  const { transaction_id, order_id = transaction_id, revenue, total, price, ...more } = given
  const { search_term, query, search_string = search_term ?? query, products, items = products, ...rest } = more
  const { value = revenue ?? total ?? price, user_data, user = userOf(user_data as Given), ...free } = rest
  const list = items ? [items].flat().map((item) => itemOf(item as Given)) : []
  // Segment tells of a single product without a list around it.
  const { id, name, category, brand, quantity, ...others } = items ? { ...free } : itemOf({ ...free, price })
  const single = !items && id !== undefined && { id, name, category, brand, quantity, price }
  return copyOf({
    ...(single ? { ...others, price: undefined } : free),
    ...{ value, order_id, search_string, user },
    items: single ? [single] : list,
  })
}

/** Google's `user_data`: its hashed fields too, for a digest of an address or number is known by its shape. */
function userOf(given: Given = {}): Given {
  const address = ([given.address].flat()[0] ?? {}) as Given
  return {
    email: given.email ?? given.email_address ?? given.sha256_email_address,
    phone: given.phone_number ?? given.sha256_phone_number,
    first_name: address.first_name ?? address.sha256_first_name,
    last_name: address.last_name ?? address.sha256_last_name,
    city: address.city,
    state: address.region,
    zip: address.postal_code,
    country: address.country,
  }
}
