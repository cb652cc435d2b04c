import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

/** The pixels of a page are told of one event within this. */
const togetherMs = 1000

/** Where the parts of Meta's library speak to each other. */
interface Bus {
  /** Asked for each hit of each pixel; what it answers joins the hit. */
  readonly getCustomParameters: { listen(answer: (pixel: { readonly id: string }, name: string) => object): void }
  /** Each hit that has left. */
  readonly fired: { listen(hear: (transport: string, params: { get(name: string): unknown }) => void): void }
}

/**
 * Pairs what Meta's library tells of by itself, page views of the history and clicks on buttons, which pass no function
 * of the page. It listens within the library, where nobody has promised anything: without that place, or when it has
 * changed, nothing happens. An ID that a call has brought stays, so what the page told is told once.
 */
const pairingDeep: Feature = (kit) => {
  if (kit.isSecond) return
  const config: PixelConfig & { readonly pair?: string } = kit.siteConfig
  const [meta] = kit.allPlatforms
  /** Newest first, with the pixels that have asked for each. */
  const recent: (readonly [event: WireEvent, pixels: string[]])[] = []
  let heard: unknown

  /** What joins a hit of this pixel: a shared ID. */
  const idFor = (pixel: string, name: string): object => {
    const own = kit.pixelIds(meta!)
    // Another agency's pixel is none of ours.
    if (!own || (own[0] && !own.includes(pixel))) return {}
    const event: WireEvent = { ...kit.makeEvent(name), origin: 'fbq', names: { meta: name } }
    let group = recent.find(
      ([one, pixels]) =>
        one.names!.meta === name &&
        one.url === event.url &&
        event.event_time - one.event_time < togetherMs &&
        !pixels.includes(pixel),
    )
    if (!group) recent.unshift((group = [event, []]))
    recent.splice(9)
    group[1].push(pixel)
    return { eid: group[0].event_id }
  }

  const tell = (id: unknown): void => {
    for (const [event] of recent)
      if (event.event_id === id && !event.to) {
        event.to = ['meta']
        kit.takeEvent(event, meta)
      }
  }

  const look = (): void =>
    attempt(() => {
      const { fbq } = window as { fbq?: { getFbeventsModules?(name: string): Bus | undefined } }
      const bus = fbq?.getFbeventsModules?.('SignalsFBEventsEvents')
      // The site's own server tells of events, or nobody shall.
      if (!bus || bus === heard || /off|ids/.test(config.pair!)) return
      heard = bus
      bus.getCustomParameters.listen(({ id }, name) => attempt(() => idFor(id, name)) ?? {})
      bus.fired.listen((_, params) => attempt(() => tell(params.get('eid'))))
    })
  look()
  // A script that has run says so here, and the library has sent nothing by then.
  document.addEventListener('load', look, true)
}

export default pairingDeep
