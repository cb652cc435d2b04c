import { dayMs } from '../../../shared/limits.ts'
import { isAbsent } from '../../../shared/parse-field.ts'
import type { InstanceSettings, MappableEvent, Mapped } from '../destination.ts'
import { actionSource, collectWarnings, currencyOf, eventName, isWebAddress, pruned, type Warn } from '../wire.ts'
import { customData, valueOf } from './custom-data.ts'
import { readExtras } from './extras.ts'
import { areOptions, readOptions } from './options.ts'
import { acceptedName, actionSources, currencies, maxAgeMs, maxAheadMs } from './rules.ts'
import { isMatchable, userData } from './user-data.ts'

/** One event as Snapchat's `data[]` entry, or why it cannot be one. */
export function map(event: MappableEvent, settings: InstanceSettings, now: number): Mapped {
  const { warnings, warn } = collectWarnings()
  const name = acceptedName(eventName(event, settings))
  const source = actionSource(event, settings.action_source, actionSources)
  if (!name)
    return { skip: 'not_mapped', detail: 'Snapchat takes a closed list of event names, and this one is not on it.' }
  if (now - event.event_time > maxAgeMs(source))
    return { skip: 'too_old', detail: `Snapchat takes ${source} events for ${maxAgeMs(source) / dayMs} days.` }
  if (event.event_time - now > maxAheadMs)
    return { skip: 'in_future', detail: 'Snapchat takes no event from the future; 10 minutes are borne.' }
  const url = event.url && isWebAddress(event.url) ? event.url : undefined
  if (source === 'WEB' && !url)
    return { skip: 'missing_url', detail: 'Snapchat takes no web event without the http(s) address of its page.' }
  if (event.url && !url) warn('url', 'It is no http(s) address; it is left out.')

  const value = valueOf(event, warn)
  const currency = currencyOf({ ...event, value }, settings, warn)
  if (currency && !currencies.has(currency))
    return { skip: 'unsupported_currency', detail: `Snapchat does not list ${currency} among its currencies.` }
  if (name === 'PURCHASE') {
    if (value === undefined)
      return { skip: 'missing_value', detail: 'Snapchat takes no purchase without a value of zero or more.' }
    if (!currency)
      return { skip: 'missing_currency', detail: 'Snapchat takes no purchase without a currency of three letters.' }
  }
  if (event.value !== undefined && value !== undefined && !currency)
    warn('value', 'A value needs a currency; it is left out.')

  const isApp = source === 'MOBILE_APP'
  const extras = readExtras(event, settings, { name, source }, warn)
  const user = userData(event, settings, isApp, extras.user, warn)
  if (!isMatchable(user))
    return {
      skip: 'no_match_key',
      detail: `Snapchat needs an e-mail, a phone number, ${isApp ? 'an advertising ID, ' : ''}or IP address and user agent together.`,
    }

  const payload = pruned({
    event_name: name,
    event_time: event.event_time,
    action_source: source,
    event_id: event.event_id,
    event_source_url: url,
    user_data: user,
    custom_data: customData(event, { value, currency }, extras.custom, warn),
    data_processing_options: processing(event, settings, source, warn),
  })
  return { payload: payload!, name, warnings }
}

/** The event's own options, else the setting's, and the visitor's limit, which goes along whatever the channel. */
function processing(event: MappableEvent, settings: InstanceSettings, source: string, warn: Warn): readonly string[] {
  const own = event.platform?.snapchat?.data_processing_options
  // An own list that cannot be read as it stands does not lift the limit that the settings ask for.
  const given = areOptions(own) ? [own] : [own, settings.data_processing_options]
  if (given.some((one) => !isAbsent(one) && !areOptions(one)))
    warn('data_processing_options', 'Snapchat takes a list of LMU and DELETE; LDU is sent as LMU, the rest left out.')
  const options = readOptions([...given.flatMap(readOptions), event.consent?.limited && 'LMU'])
  if (options.length && source !== 'WEB')
    warn('data_processing_options', 'Snapchat promises to heed these for web events alone; they are sent all the same.')
  return options
}
