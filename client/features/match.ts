import type { PlatformName } from '../../shared/names.ts'
import type { PixelConfig, User } from '../api.ts'
import type { Feature } from '../kit.ts'
import { observed } from '../observe/calls.ts'
import { onNo } from '../on-no.ts'
import { initKeysOf, type InitKeys } from '../platforms/init-keys.ts'
import { whoLimits } from '../platforms/limits.ts'
import { attempt, safe } from '../safe.ts'

type Call = ArrayLike<unknown> & object
type Options = Readonly<Record<string, unknown>>
type PixelFunction = ((...call: unknown[]) => void) & Record<string, unknown>

/** One pixel's `init` calls so far, and what we have given with the last one. */
interface Init {
  count: number
  given: InitKeys
  /** What else the last call of the page said. */
  options: Options
  /** The page tells the platform of its visitor itself. */
  isTheirs?: boolean
}

/** Where a library asks for a pixel's settings. What Reddit's `init` said beside the ID shows nowhere, so it has none. */
const settings: Partial<Record<PlatformName, (id: string) => string>> = {
  meta: (id) => `/signals/config/${id}`,
  snapchat: (id) => `/${id}.json`,
}

/** Keys of a visitor, short and long, that a page may give itself; platforms' sample code has a text in their place. */
const hasUser = (options: Options): boolean =>
  Object.entries(options).some(
    ([key, value]) =>
      /^(em|ph|fn|ln|ge|db|ct|st|zp|country|external_?id|email|phoneNumber|u_\w+|user_\w+)$/i.test(key) &&
      value &&
      !/^_*INSERT/.test(value as string),
  )

/** Our call, in whose place another was put that says more (feature limited). */
const hasAll = (options: Options, given: InitKeys): unknown =>
  Object.keys(given)[0] && Object.entries(given).every(([name, value]) => options[name] === value)

/**
 * Tells the platforms' pixels who the visitor is, by `init`: the one way that Meta, Reddit and Snapchat have. For pixels
 * of this site alone, and those that the page, or our loader, has begun: a call for another one would begin it.
 *
 * Meta: user data counts in `init` alone ("Advanced Matching" of its pixel pages), and twice a page at most, which is
 * its advice by Segment's page on it: so the page's one call, or the loader's, is followed by one of ours. Reddit: `init`
 * may come again when more is known ("Manual Advanced Matching" of its help); the last one counts with all it says, so
 * ours says what the page's did, and one without keys takes them back. Snapchat: its pixel (scevent.min.js) adds what a
 * later `init` brings, and forgets nothing. A page that tells a platform of its visitor itself is left alone.
 */
const match: Feature = (kit) => {
  const config: PixelConfig = kit.siteConfig
  if (kit.isSecond || !isSecureContext || config.match == '0') return
  const { publicCommands: commands, takeEvent } = kit
  const identify = commands.identify.bind(commands)
  const page = window as unknown as Record<string, PixelFunction | undefined>
  let said: User = {}
  /** The same for each platform, until something else is said. */
  let known: Partial<Record<PlatformName, InitKeys>> = {}
  /** Everything that waits for the visitor's word may run. */
  let isOpen = false
  /** Platform and pixel ID → its calls; Reddit's last one. */
  const inits = new Map<string, Init>()
  let lastReddit = ''
  const seen = new WeakSet<object>()
  /** Third arguments of the loader's calls and of our own → what of them are keys. */
  const handed = new WeakMap<object, InitKeys>()

  const noteInit = (platform: PlatformName, id: string, options: Options): void => {
    const key = platform + id
    const init = inits.get(key) ?? { count: 0, given: {}, options: {} }
    const given = handed.get(options) ?? (hasAll(options, init.given) ? init.given : undefined)
    inits.set(key, init)
    init.count++
    if (platform === 'reddit') lastReddit = id
    if (given) init.given = given
    else if (hasUser(options)) init.isTheirs = true
    init.options = Object.fromEntries(Object.entries(options).filter(([name]) => !given || !(name in given)))
  }
  /** Calls that wait for a library are the only ones that show. `isOurs`: the new ones are, and have been counted. */
  const look = (platform: PlatformName, pixel: PixelFunction, isOurs?: boolean): void => {
    for (const item of Array.from((pixel[observed[platform][0]] as Call[] | undefined) ?? [])) {
      // Meta also takes a list with the whole call in it.
      const call = Array.isArray(item[0]) ? (item[0] as unknown[]) : item
      if (seen.has(call)) continue
      seen.add(call)
      const [command, id, options] = Array.from(call)
      if (!isOurs && /^init$/i.test(command as string)) noteInit(platform, String(id), Object(options) as Options)
    }
  }
  /** A call from before we came shows by this: the library has asked for the pixel's settings. */
  const hasSettings = (platform: PlatformName, id: string): unknown => {
    const end = settings[platform]?.(id)
    return end && performance.getEntriesByType('resource').some(({ name }) => name.split('?')[0]!.endsWith(end))
  }

  const tell = (platform: PlatformName, pixel: PixelFunction, id: string): void => {
    const key = platform + id
    const keys = (known[platform] ??= initKeysOf[platform](said))
    const isNobody = !Object.keys(keys)[0]
    if (!inits.has(key) && !isNobody && hasSettings(platform, id)) inits.set(key, { count: 1, given: {}, options: {} })
    const init = inits.get(key)
    const isSame = JSON.stringify(keys) === JSON.stringify(init?.given)
    if (!init || init.isTheirs || isSame) return
    if (platform === 'reddit' ? lastReddit !== id : isNobody) return
    if (platform === 'meta' && init.count > 1) return
    // What the feature limited adds to a call that waits; nobody adds it to one that the library takes at once.
    const limits = platform === 'reddit' && kit.limitedBy && whoLimits(kit) && { dpm: 'LDU' }
    const options = { ...init.options, ...keys, ...limits }
    handed.set(options, keys)
    noteInit(platform, id, options)
    kit.ownCalls++
    attempt(() => pixel('init', id, options))
    kit.ownCalls--
    look(platform, pixel, true)
  }
  const tellAll = safe(() => {
    for (const { platformName, globalName } of kit.allPlatforms) {
      const pixel = page[globalName]
      if (!pixel) continue
      look(platformName, pixel)
      if (isOpen) for (const id of config.pixels?.[platformName] ?? []) tell(platformName, pixel, id)
    }
  })
  const open = (): void => {
    isOpen = true
    tellAll()
  }

  kit.initKeys = (platform) => {
    const keys = initKeysOf[platform](said)
    const options = { ...keys }
    handed.set(options, keys)
    queueMicrotask(tellAll)
    return options
  }
  commands.identify = safe((user) => {
    identify(user)
    said = { ...said, ...user }
    known = {}
    // Later, so that several calls of one task are one.
    queueMicrotask(() => kit.whenAllowed(open))
  })
  // Before the pixels hear of an event.
  kit.takeEvent = (event, only) => {
    kit.whenAllowed(open)
    takeEvent(event, only)
  }
  onNo(
    kit,
    safe(() => {
      said = {}
      known = {}
      tellAll()
      isOpen = false
    }),
  )

  tellAll()
  kit.whenAllowed(open)
  // The platforms' snippets put their library beside the first script: between their calls and its run.
  const place = document.scripts[0]?.parentNode
  if (place) new MutationObserver(tellAll).observe(place, { childList: true })
  addEventListener('DOMContentLoaded', tellAll)
  addEventListener('load', tellAll)
}

export default match
