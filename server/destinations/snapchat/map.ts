import { readClickIds } from '../../../shared/click-ids.ts'
import type { Item, StoredEvent } from '../../../shared/event.ts'
import { readIp } from '../../../shared/ip.ts'
import { dayMs } from '../../../shared/limits.ts'
import type { InstanceSettings, Mapped } from '../destination.ts'
import { actionSource, collectWarnings, currencyOf, eventName, extras, plainText, pruned, type Warn } from '../wire.ts'
import {
  acceptedName,
  actionSources,
  currencies,
  extraKeys,
  hashedFields,
  maxAgeMs,
  maxAheadMs,
  scidForm,
} from './rules.ts'

/** One event as Snapchat's `data[]` entry, or why it cannot be one. */
export function map(event: StoredEvent, settings: InstanceSettings, now: number): Mapped {
  const { warnings, warn } = collectWarnings()
  const said = eventName(event, settings)
  const name = acceptedName(said)
  const source = actionSource(event, settings.action_source, actionSources)
  if (!name)
    return { skip: 'not_mapped', detail: 'Snapchat takes a closed list of event names, and this one is not on it.' }
  if (now - event.event_time > maxAgeMs(source))
    return { skip: 'too_old', detail: `Snapchat takes ${source} events for ${maxAgeMs(source) / dayMs} days.` }
  if (event.event_time - now > maxAheadMs)
    return { skip: 'in_future', detail: 'Snapchat takes no event from the future; 10 minutes are borne.' }
  if (source === 'WEB' && !event.url)
    return { skip: 'missing_url', detail: 'Snapchat takes no web event without the address of its page.' }

  const currency = currencyOf({ ...event, value: valueOf(event) }, settings, warn)
  if (currency && !currencies.has(currency))
    return { skip: 'unsupported_currency', detail: `Snapchat does not list ${currency} among its currencies.` }
  if (name === 'PURCHASE') {
    if (valueOf(event) === undefined)
      return { skip: 'missing_value', detail: 'Snapchat takes no purchase without a value.' }
    if (!currency)
      return { skip: 'missing_currency', detail: 'Snapchat takes no purchase without a currency of three letters.' }
  }
  const user = userData(event, settings, source, warn)
  if (!(user.em || user.ph || user.madid || (user.client_ip_address && user.client_user_agent)))
    return {
      skip: 'no_match_key',
      detail: 'Snapchat needs an e-mail, a phone number, or IP address and user agent together.',
    }

  const payload = pruned({
    event_name: name,
    event_time: event.event_time,
    action_source: source,
    event_id: event.event_id,
    event_source_url: event.url,
    user_data: user,
    custom_data: customData(event, settings, currency, warn),
    data_processing_options: processing(event, settings.data_processing_options, warn),
  })
  return { payload: payload!, name, warnings }
}

function userData(
  event: StoredEvent,
  settings: InstanceSettings,
  source: string,
  warn: Warn,
): Readonly<Record<string, unknown>> {
  const { context = {}, keys } = event
  const isApp = source === 'MOBILE_APP'
  const scid = context.cookies?._scid
  return (
    pruned({
      ...Object.fromEntries(hashedFields.map((field) => [field, keys.snapchat[field]?.slice(0, 1)])),
      client_ip_address: ipOf(context.ip, warn),
      client_user_agent: plainText(context.user_agent),
      sc_click_id: clickId(event),
      sc_cookie1:
        !scid || scidForm.test(scid)
          ? scid
          : warn('context.cookies._scid', 'The cookie is not in Snapchat’s form; it is left out.'),
      madid: isApp ? keys.snapchat.madid?.[0] : undefined,
      ...(isApp && extras(event, settings, extraKeys.app)),
      ...extras(event, settings, extraKeys.user),
    }) ?? {}
  )
}

/** The first of a list, in clear and as it came: Snapchat hashes nothing here. */
function ipOf(list: string | undefined, warn: Warn): string | undefined {
  const first = plainText(list?.split(',')[0])
  return first === undefined || readIp(first) ? first : warn('context.ip', 'It is no IP address; it is left out.')
}

const clickId = ({ context, url, referrer }: StoredEvent): string | undefined =>
  context?.click_ids?.ScCid?.value ?? clickIn(url) ?? clickIn(referrer) ?? plainText(context?.cookies?._scclid)

const clickIn = (address: string | undefined): string | undefined => address && readClickIds(address).ScCid

/** The event's own, else what its items come to. */
function valueOf({ value, items = [] }: StoredEvent): number | undefined {
  if (value !== undefined || !items.some(({ price }) => price !== undefined)) return value
  const sum = items.reduce((total, { price = 0, quantity = 1 }) => total + price * quantity, 0)
  return Math.round(sum * 1000) / 1000
}

function customData(
  event: StoredEvent,
  settings: InstanceSettings,
  currency: string | undefined,
  warn: Warn,
): object | undefined {
  const { items = [] } = event
  const value = valueOf(event)
  if (event.value !== undefined && !currency) warn('value', 'A value needs a currency; it is left out.')
  const all = <Key extends keyof Item>(key: Key) => items.flatMap((item) => item[key] ?? [])
  return pruned({
    currency,
    value: currency ? value : undefined,
    order_id: event.order_id,
    search_string: event.search_string,
    content_type: items.length ? 'product' : undefined,
    content_ids: all('id'),
    content_category: all('category'),
    brands: all('brand'),
    content_name: items.length === 1 ? items[0]!.name : undefined,
    num_items: items.length ? items.reduce((sum, { quantity = 1 }) => sum + quantity, 0) : undefined,
    contents: items.map(({ id, quantity = 1, price, brand }) => pruned({ id, quantity, item_price: price, brand })),
    ...extras(event, settings, extraKeys.custom),
  })
}

/** `LMU` limits use, `DELETE` is known too; other platforms' words are not. */
function processing(event: StoredEvent, setting: unknown, warn: Warn): readonly string[] {
  const given = event.platform?.snapchat?.data_processing_options ?? setting ?? []
  const said = Array.isArray(given) ? given : [given]
  const known = ['LMU', 'DELETE'].filter((word) => said.includes(word) || (word === 'LMU' && event.consent?.limited))
  if (said.some((word) => !known.includes(word as string)))
    warn('data_processing_options', 'Snapchat knows LMU and DELETE alone; the rest is left out.')
  return known
}
