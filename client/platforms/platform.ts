import type { PlatformName } from '../../shared/names.ts'
import { copyOf } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

/** A platform as the page knows it. */
export interface PixelPlatform {
  readonly platformName: PlatformName
  /** Its function on the page. */
  readonly globalName: string
  /** Where its names stand in a row of the name table. */
  readonly nameAt: 1 | 2 | 3
}

export const allPlatforms: readonly PixelPlatform[] = [
  { platformName: 'meta', globalName: 'fbq', nameAt: 1 },
  { platformName: 'reddit', globalName: 'rdt', nameAt: 2 },
  { platformName: 'snapchat', globalName: 'snaptr', nameAt: 3 },
]

/**
 * One firing: the event, the platform's standard name for it (none, or empty, for a custom event), the pixel IDs to name,
 * and what the platform takes of it beside its amount (feature details).
 */
export type Firing = readonly [
  event: WireEvent,
  name: string | undefined,
  pixelIds: readonly string[],
  details?: object,
]

/** Decides an event's firings at one platform by rules of the site; undefined: there are none, the usual one goes. */
export type Mapping = (platform: PlatformName, usual: Firing) => Firing[] | undefined

/**
 * The argument lists of the calls that fire an event; none where the platform takes no such event. An amount or currency
 * that cannot be one is left out, never guessed.
 */
export function callsFor({ nameAt }: PixelPlatform, [event, name, pixelIds, details]: Firing): unknown[][] {
  const { event_id, props } = event
  // What is no amount, as "1,299.00" or one below zero, is left out by `copyOf`.
  const value = (props.value as number) >= 0 ? Number(props.value) : ''
  // Three letters; a platform would take anything else for its own default.
  const currency = /^[A-Z]{3}$/i.exec(props.currency as string)?.[0].toUpperCase()
  const custom = name ? '' : 'Custom'
  const told = name || ['', event.event, custom][nameAt]
  // A list, one item alone, or whatever else the page took for items.
  const item_ids = [props.items].flat().flatMap((item) => (item?.id ? `${item.id}` : []))
  const params = copyOf({
    ...details,
    ...[
      {},
      { value, currency, content_ids: item_ids, content_type: item_ids[0] && 'product' },
      {
        // PageVisit, ViewContent and Search take no amount.
        ...(!/Vi|Sea/.test(told!) && { value, currency }),
        conversionId: event_id,
        // 64 code points of it.
        customEventName: custom && Array.from(event.event).slice(0, 64).join(''),
      },
      {
        ...{ price: value, currency, item_ids },
        // Snapchat may pair a purchase by its order number too, so it always has one.
        transaction_id: props.order_id ?? (name === 'PURCHASE' ? event_id : ''),
        client_dedup_id: event_id,
      },
    ][nameAt],
  })
  if (nameAt > 1) return told ? [['track', told, params]] : []
  // Plain `track` reaches every pixel on the page, another agency's too: so by ID where IDs are known.
  return (pixelIds[0] ? pixelIds : ['']).map((id) => [
    `track${id && 'Single'}${custom}`,
    ...(id ? [id] : []),
    told,
    params,
    { eventID: event_id },
  ])
}
