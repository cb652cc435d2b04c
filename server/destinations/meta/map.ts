import { dayMs } from '../../../shared/limits.ts'
import type { InstanceSettings, MappableEvent, Mapped } from '../destination.ts'
import { actionSource, collectWarnings, currencyOf, eventName, isWebAddress, pruned } from '../wire.ts'
import { customData } from './custom-data.ts'
import { readExtras } from './extras.ts'
import { processing } from './processing.ts'
import { actionSources, currencies, maxAgeMs, tooFewKeys, type Source } from './rules.ts'
import { userData } from './user-data.ts'

/** One event as Meta's `data[]` entry, or why it cannot be one. One bad event makes Meta refuse all its neighbours. */
export function map(event: MappableEvent, settings: InstanceSettings, now: number): Mapped {
  const { warnings, warn } = collectWarnings()
  const name = eventName(event, settings)
  const source = actionSource<Source>(event, settings.action_source, actionSources)
  const time = Math.min(event.event_time, now)
  if (time < event.event_time)
    warn('event_time', 'The event lies ahead of the collector’s clock; it is sent with the collector’s time.')
  if (now - time > maxAgeMs(source))
    return { skip: 'too_old', detail: `Meta takes ${source} events for ${maxAgeMs(source) / dayMs} days.` }
  const url = event.url && isWebAddress(event.url) ? event.url : undefined
  if (source === 'website' && !url)
    return { skip: 'missing_url', detail: 'Meta takes no website event without the http(s) address of its page.' }
  if (event.url && !url) warn('url', 'It is no http(s) address; it is left out.')

  const said = currencyOf(event, settings, warn)
  const currency = said && currencies.has(said) ? said : undefined
  const value = (event.value ?? 0) < 0 ? warn('value', 'The value is below zero; it is left out.') : event.value
  if (name === 'Purchase') {
    if (value === undefined) return { skip: 'missing_value', detail: 'Meta takes no purchase without a value.' }
    if (!said)
      return { skip: 'missing_currency', detail: 'Meta takes no purchase without a currency of three letters.' }
    if (!currency) return { skip: 'unsupported_currency', detail: `${said} is no currency of ISO 4217.` }
  }
  if (said && !currency) warn('currency', 'The three letters are no currency of ISO 4217; they are left out.')

  const extras = readExtras(event, settings, { name, source }, warn)
  const user = userData(event, settings, { source, time }, extras.user, warn)
  const keys = Object.keys(user ?? {})
  if (tooFewKeys.some((few) => keys.every((key) => few.includes(key))))
    return { skip: 'no_match_key', detail: `Meta matches nobody by ${keys.join(', ') || 'nothing'} alone.` }
  if (source === 'website' && !user?.client_user_agent)
    warn('context.user_agent', 'Meta asks for the browser’s user agent with website events.')
  const asked = askedFor[source]
  if (asked && !Object.hasOwn(extras.event, asked))
    warn(
      `platform.${settings.platform}.${asked}`,
      `Meta asks for ${asked} with ${source} events, and may refuse this one.`,
    )
  if (settings.test_event_code)
    warn('test_event_code', 'Meta counts test events like all others: take the code out when the test is over.')

  const payload = pruned({
    event_name: name,
    event_time: Math.floor(time / 1000),
    event_id: event.event_id,
    action_source: source,
    event_source_url: url,
    referrer_url: event.referrer,
    user_data: user,
    custom_data: customData(event, settings, { name, value, currency }, extras.custom, warn),
    ...extras.event,
    ...processing(event, settings, user?.client_ip_address !== undefined, warn),
  })
  return { payload: payload!, name, warnings }
}

/** What Meta wants to know of events from there, and only the sender can know. */
const askedFor: Partial<Record<Source, string>> = { app: 'app_data', business_messaging: 'messaging_channel' }
