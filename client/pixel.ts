import { coreClickIds, readParams } from '../shared/click-ids.ts'
import { wireVersion } from '../shared/event.ts'
import { nameRow } from '../shared/names.ts'
import type { Commands, EarlyCalls, Pairpixel, PixelConfig, User } from './api.ts'
import { newEventId, readEventId } from './capture/event-id.ts'
import { readFacts } from './capture/props.ts'
import { rememberClicks } from './memory/clicks.ts'
import { findCookieDomain } from './memory/cookie.ts'
import { wasFired } from './memory/fired-orders.ts'
import { firePixel } from './platforms/fire.ts'
import { meta } from './platforms/meta.ts'
import { reddit } from './platforms/reddit.ts'
import { snapchat } from './platforms/snapchat.ts'
import { watchPixels } from './proof/evidence.ts'
import { createQueue } from './queue.ts'
import { copyOf, safe, toJson } from './safe.ts'
import { post } from './send.ts'
import type { WireEvent } from './wire.ts'

const platforms = [meta, reddit, snapchat]

/**
 * Starts the pixel on this page and answers the global function. A page that has one already keeps it, with its first
 * settings. @param base what relative addresses start from: the script's own
 */
export function startPixel(given: PixelConfig, base: string): Pairpixel {
  const stub = window.pairpixel
  if (stub?.track) return stub
  const domain = findCookieDomain()
  // Before anything is awaited or called, for routers take the click IDs out of the address.
  const clicks = rememberClicks(readParams(location.href, coreClickIds, Boolean), Date.now(), domain)
  const config: PixelConfig = { ...given }
  let user: User = {}
  const queue = createQueue((events, proofs, leaving) =>
    post(
      new URL(config.endpoint || 'e', base),
      toJson({ v: wireVersion, site: config.key, sent_at: Date.now(), events, proofs }),
      leaving,
      domain,
    ),
  )
  const report = watchPixels(platforms, queue.addChange)

  const commands: Commands = {
    track: safe((name, props, options) => {
      const now = Date.now()
      const facts = readFacts(props)
      const event = nameRow(name)?.[0] ?? name.trim()
      const isPurchase = event === 'purchase'
      const copy: WireEvent = {
        event,
        event_id: readEventId(options?.id) ?? (isPurchase ? readEventId(facts.order_id) : undefined) ?? newEventId(now),
        event_time: now,
        url: location.href,
        referrer: document.referrer,
        // CSS pixels as the screen reports them, never multiplied or swapped. Monitors change, so each event asks.
        context: { screen_width: screen.width, screen_height: screen.height, click_ids: clicks },
        ...facts,
        // Plain match keys travel encrypted or not at all.
        user: isSecureContext ? copyOf({ ...user, ...facts.user }) : undefined,
      }
      queue.addEvent(copy, event !== 'page_view')
      if (!isPurchase || !wasFired(copy.event_id))
        for (const platform of platforms)
          if (!config.pixels || config.pixels[platform.platformName]) firePixel(platform, copy, config, report)
      return copy.event_id
    }),
    page: (props, options) => commands.track('page_view', props, options),
    // Empty ones too: they take back what was said, as when somebody signs out.
    identify: safe((fields) => {
      user = { ...user, ...fields }
    }),
    set: safe((options) => void Object.assign(config, options)),
  }

  const early: EarlyCalls = stub?.q ?? []
  const answer = safe(([command, ...args]: Parameters<Pairpixel>) =>
    (commands[command] as (...args: unknown[]) => string | undefined)(...args),
  )
  const pixel: Pairpixel = (window.pairpixel = Object.assign(
    (...call: Parameters<Pairpixel>) => answer(call),
    commands,
    { q: early },
  ))
  early.forEach(answer)
  // Whoever kept the stub goes on pushing into its queue.
  early.push = answer

  // Their event is what says `leaving`. A page that is shown again sends what waits the same way, which does no harm.
  addEventListener('pagehide', queue.flushAll)
  addEventListener('visibilitychange', queue.flushAll, true)
  // `0`, `"0"` or false; an attribute without a value is not off.
  if (config.auto != '0') commands.page()
  return pixel
}
