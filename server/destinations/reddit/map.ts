import type { StoredEvent } from '../../../shared/event.ts'
import { readIp } from '../../../shared/ip.ts'
import { isSameSite } from '../../../shared/same-site.ts'
import type { InstanceSettings, Mapped } from '../destination.ts'
import {
  actionSource,
  clickIn,
  collectWarnings,
  currencyOf,
  cut,
  eventName,
  plainText,
  pruned,
  type Warn,
} from '../wire.ts'
import { readExtras } from './extras.ts'
import { address, customEventName, itemCount, products, screenDimensions } from './fields.ts'
import { processingOptions } from './privacy.ts'
import {
  actionSources,
  eventType,
  isV3,
  maxAgeMs,
  maxAheadMs,
  orderIdChars,
  upperSnake,
  type EventType,
} from './rules.ts'

/** One event as Reddit's v3 or v2.0 wants it, or why it cannot go. */
export function map(event: StoredEvent, settings: InstanceSettings, now: number): Mapped {
  const { warnings, warn } = collectWarnings()
  if (now - event.event_time > maxAgeMs) return { skip: 'too_old', detail: 'Reddit takes events for 168 hours.' }
  if (event.event_time - now > maxAheadMs)
    return { skip: 'in_future', detail: 'Reddit takes no event more than 5 minutes ahead.' }

  const source = actionSource(event, settings.action_source, actionSources)
  // Of a sale in a shop Reddit wants hashed personal keys alone.
  const isInStore = source === 'PHYSICAL_STORE'
  const user = userData(event, settings, isInStore, warn)
  const click = isInStore ? undefined : clickId(event)
  if (!click && !hasMatchKey(user))
    return {
      skip: 'no_match_key',
      detail: isInStore
        ? 'Of a sale in a shop Reddit needs a hashed e-mail, phone number or customer ID.'
        : 'Reddit needs a click ID, its cookie, a hashed key, or IP address, user agent and screen size together.',
    }

  const type = eventType(eventName(event, settings))
  const custom = type.isCustom ? customEventName(type.name) : undefined
  const extras = readExtras(event, settings, { name: type.name, source }, warn)
  const limits = processingOptions(event, settings.data_processing_options, extras.user.opt_out === true, warn)
  const userWithLimits = pruned({ ...user, data_processing_options: limits })
  const payload = isV3(settings)
    ? pruned({
        event_at: event.event_time,
        action_source: source,
        ...(source === 'WEBSITE' && {
          event_source_url: address(event.url, 'url', warn),
          referrer_url: address(event.referrer, 'referrer', warn),
        }),
        click_id: click,
        type: pruned({
          tracking_type: type.isCustom ? 'CUSTOM' : upperSnake(type.name),
          custom_event_name: custom,
        }),
        metadata: metadata(event, settings, type, extras.metadata, warn),
        user: userWithLimits,
      })
    : pruned({
        event_at: new Date(event.event_time).toISOString(),
        event_type: pruned({ tracking_type: type.isCustom ? 'Custom' : type.name, custom_event_name: custom }),
        click_id: click,
        event_metadata: metadata(event, settings, type, extras.metadata, warn),
        user: userWithLimits,
      })
  if (!isV3(settings) && source !== 'WEBSITE')
    warn('action_source', 'v2.0 has no action source; only v3 tells Reddit that this was not on the website.')
  return { payload: payload!, name: custom ?? type.name, warnings }
}

type User = Readonly<Record<string, unknown>>

function userData(event: StoredEvent, settings: InstanceSettings, isInStore: boolean, warn: Warn): User {
  const { context, keys } = event
  const key = (field: string) => keys.reddit[field]?.[0]
  const { default_calling_code: code } = settings
  const personal = {
    email: key(settings.email_rule === 'dots' ? 'email_dots' : 'email'),
    // The number once more, as it reads with the country code of this destination.
    phone_number: (code && key(`phone_number+${code}`)) || key('phone_number'),
    external_id: key('external_id'),
  }
  if (isInStore) return pruned(personal) ?? {}
  return (
    pruned({
      ...personal,
      ip_address: (settings.hash_ip === false && plainIp(context?.ip)) || key('ip_address'),
      idfa: key('idfa'),
      aaid: key('aaid'),
      user_agent: plainText(context?.user_agent),
      uuid: plainText(context?.cookies?._rdt_uuid),
      screen_dimensions: screenDimensions(event, warn),
    }) ?? {}
  )
}

/** The first of a list, as it is spelled before it is hashed. */
const plainIp = (list: string | undefined): string | undefined => readIp(list?.split(',')[0] ?? '')?.canonical

function hasMatchKey(user: User): boolean {
  const { email, phone_number, external_id, idfa, aaid, uuid } = user
  return Boolean(
    [email, phone_number, external_id, idfa, aaid, uuid].some(Boolean) ||
    (user.ip_address && user.user_agent && user.screen_dimensions),
  )
}

/**
 * The referrer's late, and only the site's own: a redirect may have dropped the landing's query. Last the cookie of
 * Reddit's older pixel, for nobody knows how old what is in it is.
 */
const clickId = ({ context, url, referrer }: StoredEvent): string | undefined =>
  plainText(context?.click_ids?.rdt_cid?.value) ??
  plainText(context?.cookies?._rdt_cid) ??
  clickIn(url, 'rdt_cid') ??
  ownReferrersClick(url, referrer) ??
  plainText(context?.cookies?.rdt_cid)

/** To look for the click ID first is cheaper than to read two hosts. */
function ownReferrersClick(url: string | undefined, referrer: string | undefined): string | undefined {
  const click = clickIn(referrer, 'rdt_cid')
  return click && isSameSite(url, referrer) ? click : undefined
}

function metadata(
  event: StoredEvent,
  settings: InstanceSettings,
  type: EventType,
  extra: Readonly<Record<string, unknown>>,
  warn: Warn,
): object | undefined {
  const v3 = isV3(settings)
  return pruned({
    ...(type.takesCount && { item_count: itemCount(event, extra.item_count, warn) }),
    ...(type.takesValue && money(event, settings, v3, warn)),
    ...(v3 && event.order_id && { order_id: cut(event.order_id, orderIdChars) }),
    conversion_id: event.keys.reddit.conversion_id?.[0],
    products: products(event, v3, warn),
  })
}

/** Amounts are in base units everywhere, yen too. Without a currency Reddit assumes the ad account’s. */
function money(event: StoredEvent, settings: InstanceSettings, v3: boolean, warn: Warn): object {
  const value =
    event.value !== undefined && event.value < 0
      ? warn('value', 'Reddit takes no negative value; it is left out.')
      : event.value
  const currency = currencyOf({ ...event, value }, settings, warn)
  if (value !== undefined && !event.currency && !currency)
    warn('currency', 'There is no currency: Reddit will assume the ad account’s.')
  return { currency, [v3 ? 'value' : 'value_decimal']: value }
}
