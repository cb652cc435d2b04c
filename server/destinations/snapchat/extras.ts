import { limits } from '../../../shared/limits.ts'
import { isObject } from '../../../shared/parse-field.ts'
import { createExtrasReader, type Extra } from '../extras.ts'
import { number, oneOf, text, type Reader } from '../readers.ts'
import { pruned } from '../wire.ts'

/** Those that are texts, of a list or alone. */
const texts: Reader = (value) => {
  const found = [value].flat().flatMap((entry) => text(entry) ?? [])
  return found.length ? found.slice(0, limits.matchKeyValues) : undefined
}

/** Free fields: texts, numbers and flags under names of one's own; undefined when nothing of the kind is there. */
export function customFields(value: unknown): Record<string, unknown> | undefined {
  if (!isObject(value)) return undefined
  const entries = Object.entries(value).map(([key, entry]) => [
    key,
    typeof entry === 'string' ? text(entry) : typeof entry === 'boolean' || Number.isFinite(entry) ? entry : undefined,
  ])
  return pruned(Object.fromEntries(entries) as Record<string, unknown>)
}

/** Extra keys an event may bring for Snapchat (`platform.snapchat`). */
export const extraKeys: Readonly<Record<string, Extra<'user' | 'custom'>>> = {
  data_processing_options: {}, // read by map.ts
  subscription_id: { place: 'user', read: text },
  lead_id: { place: 'user', read: text },
  partner_id: { place: 'user', read: text },
  idfv: { place: 'user', read: text, source: 'MOBILE_APP' },
  anon_id: { place: 'user', read: texts, source: 'MOBILE_APP' },
  download_id: { place: 'user', read: text, source: 'MOBILE_APP' },
  sign_up_method: { place: 'custom', read: text },
  status: { place: 'custom', read: text },
  event_tag: { place: 'custom', read: text },
  delivery_category: { place: 'custom', read: text },
  predicted_ltv: { place: 'custom', read: number },
  content_type: { place: 'custom', read: oneOf('product', 'product_group') },
  custom_fields: { place: 'custom', read: customFields },
}

export const readExtras = createExtrasReader(extraKeys)
