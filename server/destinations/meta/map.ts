import { readClickIds } from '../../../shared/click-ids.ts'
import type { StoredEvent } from '../../../shared/event.ts'
import { chooseFbc, clickOfFbc, isFbp } from '../../../shared/fbc.ts'
import { readIp } from '../../../shared/ip.ts'
import { dayMs } from '../../../shared/limits.ts'
import type { InstanceSettings, Mapped } from '../destination.ts'
import { actionSource, collectWarnings, currencyOf, eventName, extras, pruned, type Warn } from '../wire.ts'
import { actionSources, countsItems, extraKeys, hashedFields, isWords, maxAgeMs, tooFewKeys } from './rules.ts'

/** One event as Meta's `data[]` entry, or why it cannot be one. One bad event makes Meta refuse all its neighbours. */
export function map(event: StoredEvent, settings: InstanceSettings, now: number): Mapped {
  const { warnings, warn } = collectWarnings()
  const name = eventName(event, settings)
  const source = actionSource(event, settings.action_source, actionSources)
  const time = Math.min(event.event_time, now)
  if (time < event.event_time)
    warn('event_time', 'The event lies ahead of the collector’s clock; it is sent with the collector’s time.')
  if (now - time > maxAgeMs(source))
    return { skip: 'too_old', detail: `Meta takes ${source} events for ${maxAgeMs(source) / dayMs} days.` }
  if (source === 'website' && !event.url)
    return { skip: 'missing_url', detail: 'Meta takes no website event without the address of its page.' }

  const currency = currencyOf(event, settings, warn)
  if (name === 'Purchase') {
    if (event.value === undefined) return { skip: 'missing_value', detail: 'Meta takes no purchase without a value.' }
    if (!currency)
      return { skip: 'missing_currency', detail: 'Meta takes no purchase without a currency of three letters.' }
  }
  const user = userData(event, settings, time, warn)
  const keys = Object.keys(user ?? {})
  if (tooFewKeys.some((few) => keys.every((key) => few.includes(key))))
    return { skip: 'no_match_key', detail: `Meta matches nobody by ${keys.join(', ') || 'nothing'} alone.` }
  if (source === 'website' && !user?.client_user_agent)
    warn('context.user_agent', 'Meta asks for the browser’s user agent with website events.')

  const payload = pruned({
    event_name: name,
    event_time: Math.floor(time / 1000),
    event_id: event.event_id,
    action_source: source,
    event_source_url: event.url,
    referrer_url: event.referrer,
    user_data: user,
    custom_data: customData(event, settings, name, currency, warn),
    ...extras(event, settings, extraKeys.event),
    ...(source === 'app' && extras(event, settings, extraKeys.app)),
    ...processing(event, settings),
  })
  return { payload: payload!, name, warnings }
}

function userData(
  event: StoredEvent,
  settings: InstanceSettings,
  time: number,
  warn: Warn,
): Record<string, unknown> | undefined {
  const { context = {}, keys } = event
  const fbp = context.cookies?._fbp
  return pruned({
    ...Object.fromEntries(hashedFields.map((field) => [field, keys.meta[field]])),
    client_ip_address: publicIp(context.ip, warn),
    client_user_agent: context.user_agent,
    fbc: fbcOf(event, time, warn),
    fbp: fbp && !isFbp(fbp) ? warn('context.cookies._fbp', 'The cookie is not in Meta’s form; it is left out.') : fbp,
    ...extras(event, settings, extraKeys.user),
  })
}

/** The first public address; a private one says nothing about the visitor. */
function publicIp(list: string | undefined, warn: Warn): string | undefined {
  if (!list) return undefined
  const ip = list.split(',').flatMap((entry) => readIp(entry) ?? [])
  return (
    ip.find(({ isPublic }) => isPublic)?.text ?? warn('context.ip', 'There is no public address in it; it is left out.')
  )
}

function fbcOf({ context, url, referrer }: StoredEvent, time: number, warn: Warn): string | undefined {
  const stored = context?.cookies?._fbc
  if (stored && !clickOfFbc(stored)) warn('context.cookies._fbc', 'The cookie is not in Meta’s form; it is left out.')
  const click = context?.click_ids?.fbclid
  const clicked = click?.value ?? clickIn(url) ?? clickIn(referrer)
  return chooseFbc(stored, clicked, click?.at ?? time).fbc
}

const clickIn = (address: string | undefined): string | undefined => address && readClickIds(address).fbclid

function customData(
  event: StoredEvent,
  settings: InstanceSettings,
  name: string,
  currency: string | undefined,
  warn: Warn,
): Record<string, unknown> | undefined {
  const items = event.items ?? []
  const known = items.filter(({ id }) => id)
  if (known.length < items.length) warn('items', 'Items without an ID are left out.')
  if (event.value !== undefined && !currency) warn('value', 'A value needs a currency; it is left out.')
  const [only] = items.length === 1 ? items : []
  return pruned({
    ...(event.value !== undefined && currency && { value: event.value, currency }),
    order_id: event.order_id,
    content_ids: known.map(({ id }) => id),
    contents: known.map(({ id, quantity = 1, price }) => pruned({ id, quantity, item_price: price })),
    content_type: known.length ? 'product' : undefined,
    content_name: only?.name,
    content_category: only?.category,
    num_items:
      countsItems.includes(name) && items.length
        ? items.reduce((sum, { quantity = 1 }) => sum + quantity, 0)
        : undefined,
    search_string: event.event === 'search' ? event.search_string : undefined,
    ...extras(event, settings, extraKeys.custom),
  })
}

/** Limited data use: the visitor’s limit, the event’s own options, or the setting’s (a list, or Meta’s three keys). */
function processing(event: StoredEvent, settings: InstanceSettings): Record<string, unknown> {
  const own = extras(event, settings, extraKeys.processing)
  const setting = settings.data_processing_options
  const base = Object.keys(own).length ? own : isWords(setting) ? { data_processing_options: setting } : setting
  const { data_processing_options: options, ...place } = (base ?? {}) as Record<string, unknown>
  const isLimited = [options].flat().includes('LDU') || event.consent?.limited
  if (!isLimited) return {}
  const { data_processing_options_country: country, data_processing_options_state: state } = place
  return {
    data_processing_options: ['LDU'],
    data_processing_options_country: typeof country === 'number' ? country : 0,
    data_processing_options_state: typeof state === 'number' ? state : 0,
  }
}
