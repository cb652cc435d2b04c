import type { Call, Commands, EarlyCalls, Pairpixel, PixelConfig, User } from './api.ts'
import { findClicks } from './capture/clicks.ts'
import { newEventId, readEventId } from './capture/event-id.ts'
import { findNameRow } from '../shared/name-table.ts'
import type { Feature, Kit } from './kit.ts'
import { keepClicks } from './memory/clicks.ts'
import { findCookieDomain, readPlatformCookies } from './memory/cookie.ts'
import { firePixel } from './platforms/fire.ts'
import { allPlatforms } from './platforms/platform.ts'
import { makeBatch, takeBatch } from './queue.ts'
import { attempt, copyOf, safe } from './safe.ts'
import { post } from './send.ts'
import type { Facts, WireEvent } from './wire.ts'

const maxWaitMs = 1000

/**
 * Starts the pixel on this page and answers the global function. A page that has one already keeps it, with its first
 * settings; another site's is joined to it. @param config may be changed @param base what relative addresses start from
 */
export function startPixel(config: PixelConfig, base: string, features: readonly Feature[] = []): Pairpixel {
  const stub = window.pairpixel
  const early: EarlyCalls = stub?.q ?? []
  const heldRuns: (() => void)[] = []
  /** Shut ones, each as what opens it. */
  const gates = new Set<() => void>()
  /** Events that wait for a shared request, and those whose pixels have a new state since they left. */
  const waiting: WireEvent[] = []
  const changed = new Set<WireEvent>()
  let timer: unknown
  let domain: string
  let user: User = {}
  // A script that runs late finds the click IDs gone from the address, for a router was there before.
  let landing = attempt(() => performance.getEntriesByType('navigation')[0]!.name)

  /** Sends all there is. `leaving`: anything that says the page goes; nothing can wait for an answer. */
  const flushAll = safe((leaving?: unknown) => {
    // A timer that still runs finds nothing to do then.
    timer = 0
    kit.keepClicks()
    // Click IDs join an event when it leaves, as the cookies do.
    const more = { click_ids: kit.knownClicks, cookies: readPlatformCookies() }
    const events = waiting.splice(0).map((event) => ({ ...event, ...more }))
    const proofs = [...changed].map(({ event, event_id, fired }) => ({ event, event_id, fired }))
    changed.clear()
    while (events[0] || proofs[0])
      void kit.postBatch(makeBatch(kit, { events: takeBatch(events), proofs: takeBatch(proofs) }), leaving)
  })
  const flushSoon = (): void => {
    timer ||= setTimeout(flushAll, maxWaitMs)
  }

  const commands: Commands = {
    track: safe((name, props, options) => {
      const event = kit.makeEvent(name, props, options)
      kit.takeEvent(event)
      return event.event_id
    }),
    page: (props, options) => commands.track('page_view', props, options),
    // Empty ones too: they take back what was said, as when somebody signs out.
    identify: safe((fields) => {
      user = { ...user, ...fields }
    }),
    set: safe((options) => void Object.assign(config, options)),
    flush: flushAll,
    consent(said) {
      if (said === 'granted') openConsent()
      else gates.add(openConsent)
    },
  }

  const kit: Kit = {
    siteConfig: config,
    publicCommands: commands,
    heldRuns,
    nameRow: findNameRow,
    getDomain: () => (domain ??= config.domain ?? findCookieDomain()),
    pixelIds: ({ platformName }) => (config.pixels ? config.pixels[platformName] : []),
    allPlatforms,
    ownCalls: 0,
    cameFrom: document.referrer,
    tellFirstPage: commands.page,
    whenAllowed(run) {
      if (gates.size) heldRuns.push(run)
      else run()
    },
    shutGate() {
      const open = (): void => {
        gates.delete(open)
        if (!gates.size) for (const run of heldRuns.splice(0)) run()
      }
      gates.add(open)
      return open
    },
    readClicks() {
      // Before anything is awaited or called, for routers take the click IDs out of the address.
      const found = findClicks(`${location.href}#&${landing}`, Date.now())
      landing = ''
      kit.whenAllowed(() => {
        kit.knownClicks = { ...kit.knownClicks, ...found }
        setTimeout(kit.keepClicks)
      })
      return found
    },
    keepClicks: () => kit.whenAllowed(() => (kit.knownClicks = keepClicks(kit.knownClicks, Date.now(), kit.getDomain))),
    makeEvent(name, given, options) {
      const now = Date.now()
      const { user: own, ...props } = copyOf(given as Facts)
      const event = findNameRow(name)?.[0] ?? name.trim()
      return {
        event,
        event_id:
          readEventId(options?.id) ??
          readEventId(event === 'purchase' && (props.order_id ?? (props.transaction_id as string))) ??
          newEventId(now),
        event_time: now,
        url: location.href,
        referrer: kit.cameFrom,
        origin: options?.origin,
        // CSS pixels as the screen reports them, never multiplied or swapped. Monitors change, so each event asks.
        screen: [screen.width, screen.height, devicePixelRatio, navigator.webdriver],
        props,
        // Plain match keys travel encrypted or not at all.
        user: isSecureContext ? copyOf({ ...user, ...(own as User) }) : undefined,
      }
    },
    takeEvent(event, only) {
      const isView = event.event === 'page_view'
      if (isView && !only) {
        kit.lastView = event
        kit.firstView ??= event
      }
      kit.whenAllowed(() => {
        waiting.push(event)
        // Conversions leave at once: in a microtask, so that several calls of one task share a request.
        if (only || isView) flushSoon()
        else queueMicrotask(flushAll)
        if (only) kit.noteState(event, only, 'called')
        else if (!kit.wasFired?.(event))
          for (const platform of kit.allPlatforms) if (kit.pixelIds(platform)) firePixel(platform, event, kit)
      })
    },
    noteState(event, platform, state) {
      ;(event.fired ??= {})[platform.platformName] = state
      // It leaves with the event, or as a proof when that has gone.
      if (!waiting.includes(event)) {
        changed.add(event)
        flushSoon()
      }
    },
    postBatch: (batch, leaving) => post(config.endpoint || 'e', base, batch, leaving),
  }

  // Read by what starts below. The calls are answered with the others all the same.
  early.map(safe(([command, options]) => command === 'set' && commands.set(options)))
  const openConsent = kit.shutGate()
  if ((config.consent ?? 'none') === 'none') openConsent()
  // In another site's frame the visitor is not on this site.
  if (!config.frames && !attempt(() => top!.document)) kit.shutGate()
  config.second?.(kit, base, features, stub)
  if (stub?.track) return stub
  kit.begin = kit.shutGate()
  for (const feature of features) safe(feature)(kit)
  kit.readClicks()
  const answer = safe(([command, ...args]: Call) =>
    (commands[command] as (...args: unknown[]) => string | undefined)(...args),
  )
  const pixel: Pairpixel = (window.pairpixel = Object.assign((...call: Call) => answer(call), commands, {
    q: early,
    kit,
  }))
  early.map(answer)
  // Whoever kept the stub goes on pushing into its queue.
  early.push = answer
  // `0`, `"0"` or false; an attribute without a value is not off.
  if (config.auto != '0') kit.tellFirstPage()

  // In a task of its own, after those that features have to do first: the platforms' functions are called then.
  setTimeout(kit.begin)
  // Their event is what says `leaving`. A page that is shown again sends what waits the same way, which does no harm.
  const leave = (leaving: unknown): void => {
    kit.begin!()
    commands.flush(leaving)
  }
  addEventListener('pagehide', leave)
  addEventListener('visibilitychange', () => document.hidden && leave(1), true)
  return pixel
}
