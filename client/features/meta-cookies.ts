import { isClickId } from '../../shared/click-ids.ts'
import { chooseFbc, clickOfFbc, newFbp, subdomainIndex } from '../../shared/fbc.ts'
import type { Feature } from '../kit.ts'
import { readCookie, writeCookie } from '../memory/cookie.ts'
import { attempt, safe } from '../safe.ts'

/** What the script tag (`data-fbc`) or the served settings may say of Meta's cookies. */
export interface MetaCookieOptions {
  /** `off`: none is made. */
  readonly fbc?: string
}

const keepSeconds = 7_776_000 // 90 days
/** Meta's pixel writes its cookies some time after it has loaded. */
const wait = { stepMs: 500, steps: 6 }

/**
 * Makes Meta's `_fbc` and `_fbp` where no pixel of Meta does, by Meta's published rule: `_fbc` for a click on an ad,
 * `_fbp` for a browser without one. What Meta's own script wrote is kept. Withdrawn consent takes ours away again.
 */
const metaCookies: Feature = (kit) => {
  const readClicks = kit.readClicks.bind(kit)
  const { forget } = kit
  let ours = ''

  const write = (name: string, value: string): void => {
    writeCookie(name, value, keepSeconds, kit.getDomain())
  }
  /** By value, so that later pages know which cookies are ours. */
  const noteOurs = (value: string): void => {
    // Storage may be refused, or full.
    ours += ` ${value} `
    attempt(
      () => void (localStorage._ppm = `${(localStorage._ppm as string | undefined) ?? ''} ${value} `.slice(-1300)),
    )
  }

  const make = (clicked: string | undefined): void => {
    const now = Date.now()
    const domain = kit.getDomain()
    const index = subdomainIndex(domain || location.hostname)
    const stored = readCookie('_fbc')
    const known = stored && clickOfFbc(stored)
    kit.keepClicks()
    const [kept, keptAt] = kit.knownClicks?.fbclid ?? []
    // An older click never replaces what Meta's pixel may have noted since.
    const click = clicked ?? (known ? undefined : kept)
    if (click && isClickId('fbclid', click)) {
      const { fbc, isNew } = chooseFbc(
        stored,
        click,
        (kept === click && keptAt) || now,
        known ? Number(stored.split('.')[1]) : index,
      )
      if (fbc) write('_fbc', fbc)
      if (fbc && isNew) noteOurs(fbc)
    }
    if (!readCookie('_fbp')) {
      const fbp = newFbp(now, crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32, index)
      write('_fbp', fbp)
      noteOurs(fbp)
    }
  }
  const makeUnlessMeta = safe((clicked: string | undefined, step: number): void => {
    // The property itself may be there without Meta's pixel: pairing waits for it.
    if ((window as { fbq?: unknown }).fbq && !readCookie('_fbp') && step < wait.steps)
      setTimeout(() => kit.whenAllowed(() => makeUnlessMeta(clicked, step + 1)), wait.stepMs)
    else make(clicked)
  })

  kit.readClicks = () => {
    const found = readClicks()
    const { fbclid } = found
    if ((kit.siteConfig as MetaCookieOptions).fbc !== 'off') kit.whenAllowed(() => makeUnlessMeta(fbclid?.[0], 0))
    return found
  }
  kit.forget = safe(() => {
    forget?.()
    // The answer to what was still under way may bring them back, when nothing else remembers.
    ours += attempt(() => localStorage._ppm as string | undefined) ?? ''
    for (const name of ['_fbc', '_fbp'])
      if (ours.includes(` ${readCookie(name)} `)) writeCookie(name, '', 0, kit.getDomain())
    attempt(() => localStorage.removeItem('_ppm'))
  })
}

export default metaCookies
