import type { RequestHandler } from 'express'
import { isPlatformName } from '../../shared/names.ts'
import type { Control, Done } from '../dashboard/index.ts'
import type { Overview, Writes } from '../dashboard/shapes.ts'
import type { Mode, PlatformName, Simulators } from '../simulator/index.ts'

type What = Writes['break']['what']

/** What breaks a platform's API, each in the platform's own words. */
const modes: Readonly<Record<Exclude<What, 'pixel'>, (platform: PlatformName) => Mode>> = {
  token: () => ({ mode: 'token_revoked' }),
  limit: () => ({ mode: 'rate_limited', retry_after: 5 }),
  slow: () => ({ mode: 'slow' }),
  // Every event is refused as wrong, so that there are dead letters to look at and to send again.
  poison: (platform) =>
    platform === 'meta' ? { mode: 'error', code: 100, subcode: 2804009, status: 400 } : { mode: 'error', status: 400 },
}

/** Where each platform's pixel is loaded from, and where its hits go: what a blocker would cut off. */
const pixelPaths: Readonly<Record<PlatformName, RegExp>> = {
  meta: /^\/(meta\/fbevents\.js|tr\/?$)/,
  reddit: /^\/(reddit\/pixel\.js|rp\.gif)$/,
  snapchat: /^\/(snap\/scevent\.min\.js|p)$/,
}

const brokenWords: Readonly<Record<What, string>> = {
  pixel: 'The pixel is blocked: reload the shop and buy something, and see what is left of the pairing.',
  token: 'The token is revoked: the next event halts the lane, and nothing is lost.',
  limit: 'The platform asks us to slow down.',
  slow: 'The platform takes its time to answer.',
  poison: 'The platform refuses every event: they become dead letters.',
}

/** Breaks the demo's platforms on purpose, and mends them. @param onMended deliveries that wait are tried at once */
export function createBreaks(simulators: () => Simulators, onMended: (platform: PlatformName) => void) {
  const broken = new Map<string, { readonly what: What; readonly platform: PlatformName }>()
  const keyOf = (what: What, platform: string) => `${what === 'pixel' ? 'pixel' : 'api'} ${platform}`
  return {
    broken: (): NonNullable<NonNullable<Overview['demo']>['broken']> => [...broken.values()],

    /** In front of the simulators: a blocked pixel is not there at all. */
    gate: ((request, _response, next) => {
      const isBlocked = [...broken.values()].some(
        ({ what, platform }) => what === 'pixel' && pixelPaths[platform].test(request.path),
      )
      if (isBlocked) request.socket.destroy()
      else next()
    }) satisfies RequestHandler,

    break: (({ what, platform, on }) => {
      if (!isPlatformName(platform)) return Promise.resolve<Done>({ refused: 'There is no such platform in the demo.' })
      const key = keyOf(what, platform)
      if (on) broken.set(key, { what, platform })
      else broken.delete(key)
      if (what !== 'pixel') simulators()[platform].setMode(on ? modes[what](platform) : { mode: 'ok' })
      if (!on) onMended(platform)
      return Promise.resolve<Done>({ done: on ? brokenWords[what] : 'It is mended: watch it recover.' })
    }) satisfies Control['break'],
  }
}
export type Breaks = ReturnType<typeof createBreaks>
