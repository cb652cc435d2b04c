import type { Feature } from '../kit.ts'
import { observed } from '../observe/calls.ts'
import { addOptions, hooks, sayBefore, type Call } from '../platforms/before-init.ts'
import { limitsOf, whoLimits } from '../platforms/limits.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt, safe } from '../safe.ts'

type PixelFunction = ((...call: unknown[]) => void) & Readonly<Record<string, unknown>>

/**
 * Limited use, whoever wishes for it, and a no: on every event that leaves, and at the platforms' own pixels. Their
 * libraries take both only before a pixel begins, so the words go in front of the `init` that waits for the library, or
 * is still to come. Once a library runs, limits are the collector's to tell.
 */
const limited: Feature = (kit) => {
  const { publicCommands: commands, postBatch } = kit
  const consent = commands.consent.bind(commands)
  const limits = limitsOf(kit)
  const page = window as unknown as Record<string, PixelFunction | undefined>
  const watched = new WeakSet<object>()
  const isWanted = (): unknown => kit.isDenied || whoLimits(kit)

  /** One platform, where it is on the page. `isYes`: the answer that the visitor just gave. */
  const tell = ({ platformName, globalName }: PixelPlatform, isYes?: unknown): void => {
    const words = hooks[platformName]
    const pixel = page[globalName]
    if (!words || !pixel) return
    const [queueName, liveName] = observed[platformName]
    const queue = pixel[queueName] as Call[] | undefined
    const isWaiting = (): unknown => queue?.splice && !pixel[liveName]
    const prepare = (isNews?: unknown): void => {
      if (!isWaiting()) return
      if (kit.isDenied) sayBefore(queue!, words.no, isNews)
      // Limits may be taken back by the next word of the same task.
      if (isYes !== undefined || !whoLimits(kit)) return
      if ('init' in words.limits) addOptions(queue!, words.limits.init)
      else sayBefore(queue!, words.limits)
    }

    prepare(isYes === false)
    if (isWanted() && isWaiting() && isYes === undefined && !watched.has(queue!)) {
      watched.add(queue!)
      const { push } = queue!
      // As a plain member, not an accessor: pairing has one there, before us or after us.
      Object.defineProperty(queue, 'push', {
        configurable: true,
        writable: true,
        value: (...calls: Call[]) => {
          const answer = push.apply(queue, calls)
          attempt(prepare)
          return answer
        },
      })
    }
    if (isYes || (isYes === false && !isWaiting())) pixel(...(isYes ? words.yes : words.no.slice(2)))
  }

  const tellAll = (kit.tellPlatforms = (isYes?: unknown) => {
    const used = kit.allPlatforms.filter((platform) => hooks[platform.platformName] && kit.pixelIds(platform))
    for (const platform of used) attempt(() => tell(platform, isYes))
    // A snippet adds an element for its library, which then has to come: we hear of it before that runs.
    if (isWanted() && used.some(({ globalName }) => !page[globalName]))
      observer.observe(document, { childList: true, subtree: true })
    else observer.disconnect()
  })
  const observer = new MutationObserver(() => tellAll())

  commands.consent = safe((said, more) => {
    const by = more?.source ?? 'api'
    // What the browser or a tool of its own asks for, no other word takes back.
    limits[by] = more?.limited || (/^gp[cp]$/.test(by) && limits[by])
    consent(said, more)
    // Tools tell of each kind by itself: the words of one task are one.
    queueMicrotask(tellAll)
  })
  kit.postBatch = (batch, leaving) => {
    const source = whoLimits(kit)
    const events = batch.events?.map((event) => ({ ...event, consent: { source, ...event.consent, limited: true } }))
    return postBatch(source && events ? { ...batch, events } : batch, leaving)
  }
  tellAll()
}

export default limited
