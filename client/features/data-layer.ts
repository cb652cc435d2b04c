import type { Feature } from '../kit.ts'
import { attempt, safe } from '../safe.ts'

/** What the script tag (`data-datalayer`, `data-layer`) or the served settings may say of the data layer. */
export interface DataLayerOptions {
  /** `0`: leave it alone. `all`: names that are no standard event are told too. */
  readonly datalayer?: string | number | boolean
  /** Its name, where it is not `dataLayer`. */
  readonly layer?: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Tells of the e-commerce events that a page writes into its data layer for GA4: `{event, ecommerce}` objects and
 * `gtag('event', …)`. What stands there already is told once. For pages whose platform pixels are not fired from the
 * same data layer; where they are, pairing joins their calls instead.
 */
const dataLayer: Feature = (kit) => {
  if (kit.isSecond) return
  const config = kit.siteConfig as DataLayerOptions & typeof kit.siteConfig
  const heard = new WeakSet<object>()
  let isBusy = false

  const tell = (entry: unknown): void => {
    // gtag leaves its bare `arguments`; with GTM's library their content comes again as `eventModel`.
    const isCall = String(entry) === '[object Arguments]'
    const [command, called, params] = isCall ? Array.from(entry as ArrayLike<unknown>) : ['event']
    const {
      event: name,
      ecommerce,
      eventModel,
      ...fields
    } = (isCall ? { ...(params as Fields), event: called } : entry) as Fields
    if (command !== 'event' || eventModel || typeof name !== 'string' || /^gtm\./.test(name)) return
    const canonical = kit.nameRow(name)?.[0]
    if (!canonical && config.datalayer !== 'all') return
    // One page, one view: ours, unless the page says its views itself.
    if (canonical === 'page_view' && config.auto != '0') return
    const props = { ...fields, ...(ecommerce as Fields) }
    const event = kit.makeEvent(name, kit.ourProps!(props), { id: (fields.event_id ?? props.event_id) as string })
    event.origin = 'data_layer'
    kit.takeEvent(event)
  }
  /** What telling leads to may write into the data layer itself; nothing of that is told. */
  const tellAll = (entries: unknown[]): void => {
    if (isBusy) return
    isBusy = true
    for (const entry of entries) attempt(() => tell(entry))
    isBusy = false
  }

  const install = safe(() => {
    const page = window as unknown as Record<string, unknown[] | undefined>
    const layer = (page[config.layer || 'dataLayer'] ??= [])
    if (config.datalayer == '0' || heard.has(layer)) return
    heard.add(layer)
    tellAll([...layer])
    const { push } = layer
    layer.push = function (...entries) {
      const answer = push.apply(this, entries)
      tellAll(entries)
      return answer
    }
  })
  // After the calls made before the script had loaded: they may say whose events these are.
  queueMicrotask(install)
  // A page may put another array in its place while it loads.
  for (const moment of ['DOMContentLoaded', 'load']) addEventListener(moment, install)
}

export default dataLayer
