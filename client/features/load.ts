import type { PlatformName } from '../../shared/names.ts'
import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { observed } from '../observe/calls.ts'
import { whoLimits } from '../platforms/limits.ts'
import { attempt } from '../safe.ts'
import { findTag } from '../settings.ts'

/** What the tag or the served settings may say of it. */
interface LoadOptions {
  /** An address on this machine: the simulators' stand-ins are loaded from there, for tests. `0`: nothing is. */
  readonly load?: string | boolean
}

type PixelFunction = ((...call: unknown[]) => void) & Record<string, unknown>

/** A platform's library, by its owner and by the simulators (server/simulator). */
const libraries: Readonly<Record<PlatformName, readonly [address: string, standIn: string]>> = {
  meta: ['https://connect.facebook.net/en_US/fbevents.js', '/meta/fbevents.js'],
  reddit: ['https://www.redditstatic.com/ads/pixel.js', '/reddit/pixel.js'],
  snapchat: ['https://sc-static.net/scevent.min.js', '/snap/scevent.min.js'],
}
const testHost = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Takes calls as its library expects to find them: kept as `arguments`, or handed on once the library runs. */
function createStub(queueName: string, liveName: string): PixelFunction {
  const calls: unknown[] = []
  const stub = function () {
    const live = stub[liveName] as ((...call: unknown[]) => void) | undefined
    // The libraries were written for `arguments`, not for lists: Meta's reads a list as something else.
    // eslint-disable-next-line prefer-rest-params -- a list is not what the libraries read
    if (live) live.apply(stub, arguments as unknown as unknown[])
    // eslint-disable-next-line prefer-rest-params -- a list is not what the libraries read
    else (stub[queueName] as unknown[]).push(arguments)
  } as PixelFunction
  stub[queueName] = calls
  return stub
}

/** `limited`: the visitor or the browser asks for limits. `keys`: who the visitor is, or nothing. */
type Begin = (pixel: PixelFunction, ids: readonly string[], limited: unknown, keys: object) => void

/** What a platform's own snippet does after its stub is there. */
const begin: Readonly<Record<PlatformName, Begin>> = {
  meta(fbq, ids, limited, keys) {
    Object.assign(fbq, { push: fbq, loaded: true, version: '2.0' })
    ;(window as { _fbq?: unknown })._fbq ??= fbq
    // 0, 0: Meta itself finds out where the visitor is.
    if (limited) fbq('dataProcessingOptions', ['LDU'], 0, 0)
    for (const id of ids) fbq('init', id, ...(Object.keys(keys)[0] ? [keys] : []))
  },
  // One pixel a page: the last `init` would win.
  reddit: (rdt, [id], limited, keys) =>
    rdt('init', id, Object.assign(keys, { useDecimalCurrencyValues: true }, limited ? { dpm: 'LDU' } : {})),
  snapchat(snaptr, ids, _limited, keys) {
    for (const id of ids) snaptr('init', id, keys)
  },
}

/**
 * Loads the platforms' own pixels, for a page whose only tag is ours: their stubs, `init` for the site's pixel IDs, and
 * the libraries from their owners' addresses. Not before the visitor's yes, not where the page has a platform's pixel
 * itself, and never twice. Page views are ours to fire then.
 */
const load: Feature = (kit) => {
  const config: PixelConfig & LoadOptions = kit.siteConfig
  const before = { ...kit }
  const page = window as unknown as Record<string, PixelFunction | undefined>
  // Now or never: later nobody knows which tag was ours.
  const { nonce } = findTag() ?? {}
  const base = /:/.test(config.load as string) ? attempt(() => new URL(config.load as string)) : undefined
  const isTest = base && testHost.test(base.hostname)
  let isDone = config.load === false || config.load == '0'

  const addressOf = (platform: PlatformName): string =>
    isTest ? new URL(libraries[platform][1], base).href : libraries[platform][0]

  /** Where the page takes addresses of scripts from policies alone, ours knows these three. */
  const createPolicy = (): ((address: string) => string) => {
    const known = (Object.keys(libraries) as PlatformName[]).map(addressOf)
    const policy = attempt(() =>
      (
        window as unknown as {
          trustedTypes?: {
            createPolicy(
              name: string,
              rules: { createScriptURL: (address: string) => string },
            ): { createScriptURL: (address: string) => string }
          }
        }
      ).trustedTypes?.createPolicy('pairpixel', {
        createScriptURL: (address) => (known.includes(address) ? address : ''),
      }),
    )
    return (address) => policy?.createScriptURL(address) ?? address
  }

  const loadAll = (): void => {
    if (isDone) return
    isDone = true
    const used = kit.allPlatforms.filter(({ platformName }) => config.pixels?.[platformName])
    const missing = used.filter(({ globalName }) => !page[globalName])
    // Beside snippets of the page, which tell of page views themselves, ours would count twice.
    if (missing.length === used.length) Object.assign(config, { firePageview: config.firePageview ?? 1 })
    const toAddress = createPolicy()
    for (const { platformName: platform, globalName } of missing)
      attempt(() => {
        const ids = config.pixels?.[platform] ?? []
        if (!ids[0]) return
        const [queueName, liveName] = observed[platform]
        const stub = createStub(queueName, liveName)
        // Meta's library tells of page views of its own when the address changes; they have no ID.
        stub.disablePushState = config.firePageview == 1
        page[globalName] = stub
        begin[platform](stub, ids, whoLimits(kit), kit.initKeys?.(platform) ?? {})
        const script = document.createElement('script')
        script.async = true
        if (nonce) script.nonce = nonce
        script.src = toAddress(addressOf(platform))
        document.head.append(script)
      })
  }

  // A no empties what waits; the first event after a later yes brings us back.
  kit.takeEvent = (...call) => {
    kit.whenAllowed(loadAll)
    before.takeEvent(...call)
  }
  kit.whenAllowed(loadAll)
}

export default load
