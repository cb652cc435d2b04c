import { coreClickIds, readParams } from '../shared/click-ids.ts'
import { wireVersion, type Context } from '../shared/event.ts'
import { nameRow } from '../shared/names.ts'
import type { Commands, EarlyCalls, Pairpixel, PixelConfig, User } from './api.ts'
import { newEventId, readEventId } from './capture/event-id.ts'
import { readFacts } from './capture/props.ts'
import type { Feature, Kit } from './kit.ts'
import { rememberClicks } from './memory/clicks.ts'
import { findCookieDomain } from './memory/cookie.ts'
import { firePixel } from './platforms/fire.ts'
import { meta } from './platforms/meta.ts'
import { reddit } from './platforms/reddit.ts'
import { snapchat } from './platforms/snapchat.ts'
import { createQueue } from './queue.ts'
import { copyOf, safe, toJson } from './safe.ts'
import { post } from './send.ts'

/**
 * Starts the pixel on this page and answers the global function. A page that has one already keeps it, with its first
 * settings. @param base what relative addresses start from: the script's own
 */
export function startPixel(given: PixelConfig, base: string, features: readonly Feature[] = []): Pairpixel {
  const stub = window.pairpixel
  if (stub?.track) return stub
  const config: PixelConfig = { ...given }
  const heldRuns: (() => void)[] = []
  let shut = 0
  let domain: string
  let clicks: Context['click_ids']
  let user: User = {}
  const getDomain = (): string => (domain ??= findCookieDomain())
  const queue = createQueue(
    (events, proofs, leaving) =>
      void kit.postBatch(
        { v: wireVersion, site: config.key, domain: getDomain(), sent_at: Date.now(), events, proofs },
        leaving,
      ),
    () => clicks,
  )

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
    flush: queue.flushAll,
  }

  const kit: Kit = {
    siteConfig: config,
    publicCommands: commands,
    heldRuns,
    getDomain,
    allPlatforms: [meta, reddit, snapchat],
    ownCalls: 0,
    flushAll: queue.flushAll,
    tellFirstPage: () => commands.page(),
    whenAllowed(run) {
      if (shut) heldRuns.push(run)
      else run()
    },
    shutGate() {
      shut++
      return () => {
        if (!--shut) for (const run of heldRuns.splice(0)) run()
      }
    },
    readClicks() {
      // Before anything is awaited or called, for routers take the click IDs out of the address.
      const found = readParams(location.href, coreClickIds, Boolean)
      const now = Date.now()
      kit.whenAllowed(() => (clicks = rememberClicks(found, now, getDomain())))
    },
    makeEvent(name, props, options) {
      const now = Date.now()
      const facts = readFacts(props)
      const event = nameRow(name)?.[0] ?? name.trim()
      return {
        event,
        event_id:
          readEventId(options?.id) ??
          (event === 'purchase' ? readEventId(facts.order_id) : undefined) ??
          newEventId(now),
        event_time: now,
        url: location.href,
        referrer: document.referrer,
        // CSS pixels as the screen reports them, never multiplied or swapped. Monitors change, so each event asks.
        context: { screen_width: screen.width, screen_height: screen.height },
        ...facts,
        // Plain match keys travel encrypted or not at all.
        user: isSecureContext ? copyOf({ ...user, ...facts.user }) : undefined,
      }
    },
    takeEvent(event, only) {
      kit.whenAllowed(() => {
        queue.addEvent(event, !only && event.event !== 'page_view')
        if (!only && kit.mayFire(event))
          for (const platform of kit.allPlatforms)
            if (!config.pixels || config.pixels[platform.platformName]) firePixel(platform, event, kit)
      })
    },
    mayFire: () => true,
    noteState(event, platform, state) {
      ;(event.fired ??= {})[platform.platformName] = state
      queue.addChange(event)
    },
    postBatch: (batch, leaving) =>
      post(new URL(config.endpoint || 'e', base), toJson(batch), leaving, getDomain())?.catch(() => undefined),
  }

  for (const feature of features) safe(feature)(kit)
  kit.readClicks()
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
  addEventListener('visibilitychange', () => document.hidden && queue.flushAll(1), true)
  // `0`, `"0"` or false; an attribute without a value is not off.
  if (config.auto != '0') kit.tellFirstPage()
  return pixel
}
