import type { PixelConfig, Props } from '../api.ts'
import type { Feature } from '../kit.ts'
import { observed } from '../observe/calls.ts'
import { watchProperty } from '../observe/property.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

type Call = ArrayLike<unknown> & Iterable<unknown>
type Members = Readonly<Record<string, unknown>>

/** Calls that tell several pixels of one event come within this. */
const togetherMs = 1000
/** A library that comes after our page view tells of the same one until then. */
const lateMs = 9000
/** Snapchat's library sends a page view itself when it has heard of none by then. */
const ownViewMs = 3000
/** What a page's own snippets have not told of this long after it has loaded, they leave to us. */
const firstViewMs = 300

/** Two calls for one event, as far as they show; amounts and order numbers may be text or numbers. */
const isSame = (a: WireEvent, b: WireEvent): boolean =>
  a.event === b.event &&
  a.url === b.url &&
  b.event_time - a.event_time < (a.event === 'page_view' ? lateMs : togetherMs) &&
  // An order's number is its ID: a call that had none before it has another.
  (b.props.order_id
    ? a.props.order_id == b.props.order_id
    : a.props.value == b.props.value && a.props.currency == b.props.currency)

/**
 * Observes the calls a page makes to the platforms' pixels itself, gives each an ID where it has none, and tells the
 * collector: the platform then pairs both. The functions stay what they are; only the two places they hand their calls
 * to are watched. `data-pair`: `off`, or `ids` where the site's own server tells of its events.
 */
const pairing: Feature = (kit) => {
  const { takeEvent, tellFirstPage } = kit
  const config: PixelConfig & { readonly pair?: string } = kit.siteConfig
  if (kit.isSecond || config.pair === 'off') return
  /** Newest first, each with the pixels that were told of it. */
  const recent: [event: WireEvent, ...pixels: string[]][] = []
  const remember = (one: (typeof recent)[number]): void => void recent.splice(9, recent.unshift(one))
  /** Platforms, each with the address whose page view the page told it of, until ours is told. */
  const views: string[] = []
  /** Calls and functions seen: a lock of the library, an alias or another watcher may bring one again. */
  const seen = new Set<unknown>()
  let isFirst: unknown
  /** When each platform's library came alive. */
  const liveAt: Partial<Record<string, number>> = {}

  const watch = (platform: PixelPlatform): (() => void) => {
    const { platformName, globalName } = platform
    const [queueName, liveName, command, idStep, ...idNames] = observed[platformName]
    let hadView: unknown
    /** Where the page was when it came with a live library, of whose views until then nothing is known. */
    let liveUrl: unknown

    const tell = (call: Call): Call => {
      // A copy, for libraries write into what they are given.
      const copy = [...call]
      const match = command.exec(`${copy[0] as string} ${typeof copy[2]}`)
      const at = match?.[1] ? 2 : 1
      const name = copy[at] as string
      const params = copy[at + 1] as Props | undefined
      const holder = (copy[at + idStep] ?? {}) as Record<string, Members | undefined>
      const pixelId = match?.[1] ? String(copy[1]) : ''
      const pixels = kit.pixelIds(platform)
      // Not a platform or a pixel of this site, or a value that is no object and stays as it is.
      if (!match || !pixels || (pixelId && pixels[0] && !pixels.includes(pixelId)) || typeof holder !== 'object')
        return call

      const given = idNames.map((idName) => holder[idName]).find(Boolean)
      const id = (given?.eventID ?? given) as string | undefined
      const said = (name === 'Custom' && (params?.customEventName as string)) || name
      const event = kit.makeEvent(
        said,
        // Nothing else of it, for a page may tell a platform who its visitor is. The collector reads what an item says.
        params && {
          value: params.value ?? params.price,
          currency: params.currency,
          order_id: params.order_id ?? params.transactionId ?? params.transaction_id,
          search_string: params.search_string,
          items: params.contents ?? params.products ?? params.content_ids ?? params.item_ids,
        },
        { id },
      )
      const isView = event.event === 'page_view'
      hadView ||= liveUrl && event.url !== liveUrl
      const isLate =
        isView && globalName === 'snaptr' && !hadView && event.event_time - liveAt[platformName]! > ownViewMs
      hadView ||= isView
      // Ours, or the site's own server tells of it.
      const isTold = kit.ownCalls || config.pair === 'ids'
      if (isView && !isTold) views.push(platformName + event.url)
      // An ID that we cannot use is kept all the same; with a gateway's, the site tells the platform itself.
      if (!kit.ownCalls && (isLate || (id && (event.event_id != id || /^ob3_/.test(id))))) return call

      const pixel = globalName + pixelId
      let group = id ? undefined : recent.find((one) => isSame(one[0], event) && !one.includes(pixel))
      if (!group) remember((group = [event]))
      group.push(pixel)
      const { event_id } = group[0]
      const key = pixel + name + event_id
      if (!seen.has(key) && !isTold)
        kit.takeEvent(
          // A call that names a pixel is for that one alone.
          { ...event, event_id, origin: globalName, to: [pixelId || platformName], names: { [platformName]: said } },
          platform,
        )
      seen.add(key)
      if (Object(params) === params) copy[at + 1] = { ...params }
      copy[at + idStep] = { ...holder, [idNames[0]!]: event_id }
      return copy
    }
    /** Meta also takes a list with the whole call in it. */
    const pass = (call: Call): Call =>
      attempt(() => ((call[0] as Call[]).map ? [tell(call[0] as Call)] : tell(call))) ?? call

    return () =>
      watchProperty(window, globalName, (fn) => {
        const pixel = fn as Members & object
        if (!pixel || seen.has(pixel)) return
        seen.add(pixel)
        watchProperty(pixel, queueName, (given) => {
          const queue = given as Call[]
          queue.forEach((call, at) => (queue[at] = pass(call)))
          // A live library's queue holds what came through it before, or nobody reads it.
          watchProperty(
            queue,
            'push',
            (push) =>
              (...calls: Call[]) =>
                (push as Call[]['push']).apply(queue, pixel[liveName] ? calls : calls.map(pass)),
          )
        })
        if (pixel[liveName]) liveUrl = location.href
        watchProperty(pixel, liveName, (live) => {
          if (!live) return
          liveAt[platformName] ??= Date.now()
          return function (this: unknown, ...call: unknown[]): unknown {
            return (live as (...call: unknown[]) => unknown).apply(this, pass(call) as unknown[])
          }
        })
      })
  }

  const tellNow = (): void => {
    const event = kit.dueView
    kit.dueView = undefined
    if (event) pass(event)
  }
  /** A page view that the page told a platform of is that platform's page view; ours is for the others. */
  const pass = (event: WireEvent): void => {
    // Its library has sent one itself by then.
    if (event === kit.firstView && config.firePageview == 1 && Date.now() - liveAt.snapchat! > ownViewMs)
      views.push(`snapchat${event.url}`)
    if (views[0]) {
      const told = views.splice(0)
      event.to = kit.allPlatforms.flatMap((platform) =>
        told.includes(platform.platformName + event.url) || !kit.pixelIds(platform) ? [] : platform.platformName,
      )
      // Told of the address that is there by now, whose view of ours comes next.
      if (event.url !== location.href) views.push(...told.filter((one) => one.endsWith(location.href)))
      if (!event.to[0]) return
    }
    // A library that comes late tells of the same view: with our ID, it pairs.
    remember([event])
    takeEvent(event)
  }
  const installs = kit.allPlatforms.map(watch)
  // Again and again: a function that is declared later takes the place of what watches for it.
  const look = (): void => {
    for (const install of installs) install()
    // A view that fires the platforms' pixels waits for the page's text alone: Snapchat's library waits for no picture.
    if (config.firePageview == 1 ? document.readyState !== 'loading' : document.readyState === 'complete')
      setTimeout(tellNow, firstViewMs)
  }
  look()
  addEventListener('DOMContentLoaded', look)
  addEventListener('load', look)
  // Before the core sends all there is. A page that comes back from the browser's memory begins anew.
  addEventListener('pagehide', () => {
    tellNow()
    views.length = 0
  })
  addEventListener('visibilitychange', tellNow, true)

  kit.tellFirstPage = () => {
    isFirst = 1
    tellFirstPage()
  }
  kit.takeEvent = (event, only) => {
    if (only || event.event !== 'page_view') return takeEvent(event, only)
    tellNow()
    // Also what is told no further: the next one is not the first, and no redirect changes the one before.
    kit.lastView = event
    kit.firstView ??= event
    if (!isFirst) return pass(event)
    isFirst = 0
    kit.dueView = event
    look()
  }
}

export default pairing
