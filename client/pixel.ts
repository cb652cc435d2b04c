import { queryOf, readClickIds } from '../shared/click-ids.ts'
import { wireVersion } from '../shared/event.ts'
import { canonicalName } from '../shared/names.ts'
import type { Commands, EarlyCalls, Pairpixel, PixelConfig, User } from './api.ts'
import { newEventId, readEventId } from './capture/event-id.ts'
import { readPage } from './capture/page.ts'
import { readFacts } from './capture/props.ts'
import { compact } from './compact.ts'
import { clickContext, rememberClicks } from './memory/clicks.ts'
import { createFiredOrders } from './memory/fired-orders.ts'
import { firePixel } from './platforms/fire.ts'
import { platforms } from './platforms/index.ts'
import { watchPixels } from './proof/evidence.ts'
import { createQueue } from './queue.ts'
import { safe } from './safe.ts'
import { post } from './send.ts'
import { endpointOf, isOff } from './settings.ts'
import type { WireEvent } from './wire.ts'

/**
 * Starts the pixel on this page and answers the global function. A page that has one already keeps it, with its first
 * settings. @param base what relative addresses start from: the script's own
 */
export function startPixel(given: PixelConfig, base: string): Pairpixel {
  const stub = window.pairpixel
  if (stub?.track) return stub
  // Before anything is awaited or called, for routers take the click IDs out of the address.
  const clicks = rememberClicks(readClickIds(queryOf(location.href)), Date.now())
  const config: PixelConfig = { ...given }
  const wasFired = createFiredOrders()
  let user: User = {}
  const queue = createQueue((members, leaving) =>
    post(
      endpointOf(config, base),
      JSON.stringify({ v: wireVersion, site: config.key || config.site, sent_at: Date.now(), ...members }),
      leaving,
    ),
  )
  const report = watchPixels(queue.addChange)

  const commands: Commands = {
    track: safe((name, props, options) => {
      const now = Date.now()
      const facts = readFacts(props)
      const page = readPage()
      const event = canonicalName(name.trim())
      const isPurchase = event === 'purchase'
      const copy = compact({
        event,
        event_id: readEventId(options?.id) ?? (isPurchase ? readEventId(facts.order_id) : undefined) ?? newEventId(now),
        event_time: now,
        ...page,
        context: compact({ ...page.context, click_ids: clickContext(clicks) }),
        ...facts,
        // Plain match keys travel encrypted or not at all.
        user: window.isSecureContext ? compact({ ...user, ...facts.user }) : undefined,
        origin: 'js',
      }) as WireEvent
      queue.addEvent(copy, event !== 'page_view')
      if (!isPurchase || !wasFired(copy.event_id, now))
        for (const platform of platforms)
          if (!config.pixels || config.pixels[platform.platformName])
            firePixel(platform, copy, config, (state) => report(copy, platform, state))
      return copy.event_id
    }),
    page: (props, options) => commands.track('page_view', props, options),
    identify: (fields) => {
      user = { ...user, ...fields }
    },
    set: (options) => void Object.assign(config, options),
  }

  const call = safe((...[command, ...args]: Parameters<Pairpixel>) =>
    (commands[command] as (...args: unknown[]) => string | undefined)(...args),
  )
  const early: EarlyCalls = stub?.q ?? []
  window.pairpixel = Object.assign(call, commands, { q: early })

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') queue.flushAll(true)
  })
  addEventListener('pagehide', () => queue.flushAll(true))

  const answer = safe((args: Parameters<Pairpixel>) => call(...args))
  early.forEach((args) => answer(args))
  // Whoever kept the stub goes on pushing into its queue.
  early.push = answer
  if (!isOff(config.auto)) commands.page()
  return window.pairpixel
}
