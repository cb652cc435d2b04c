import { isClickId } from '../../shared/click-ids.ts'
import type { Feature } from '../kit.ts'
import { readCookie } from '../memory/cookie.ts'
import { safe } from '../safe.ts'

/** What a page sees of Meta's apps on iOS. */
interface AppWindow {
  readonly webkit?: {
    readonly messageHandlers?: { readonly browserProperties?: { postMessage(name: string): unknown } }
  }
}

/** Facebook's and Instagram's apps on Android, from the versions on that answer. No other browser knows the scheme. */
function isAndroidApp(agent: string): boolean {
  const version = Number(/(?:FBAV|Instagram)[/\s](\d+)/.exec(agent)?.[1])
  return /Android/.test(agent) && (/FB_IAB/.test(agent) ? version >= 397 : /Instagram/.test(agent) && version >= 264)
}

/**
 * Asks Meta's in-app browsers for the click ID of the ad the visitor came by, where the address has none: once a page,
 * after consent, and only where neither `fbclid` nor `_fbc` is known. Which apps answer, and how, is the rule of Meta's
 * own parameter library (facebook/capi-param-builder, client_js: `clientParamHelper`).
 */
const inApp: Feature = (kit) => {
  const readClicks = kit.readClicks.bind(kit)
  let isAsked = false

  const learn = safe((answer: unknown) =>
    kit.whenAllowed(() => {
      // Another click may have come meanwhile.
      if (kit.knownClicks?.fbclid || typeof answer !== 'string' || !isClickId('fbclid', answer)) return
      kit.knownClicks = { ...kit.knownClicks, fbclid: [answer, Date.now()] }
      // As one of the address: it is kept, and who makes something of click IDs hears of it.
      kit.readClicks()
    }),
  )

  const ask = safe((): void => {
    const handler = (window as AppWindow).webkit?.messageHandlers?.browserProperties
    if (isAsked || kit.siteConfig.inApp == '0' || !(handler ?? isAndroidApp(navigator.userAgent))) return
    kit.keepClicks()
    if (kit.knownClicks?.fbclid || readCookie('_fbc')) return
    isAsked = true
    if (handler) void Promise.resolve(handler.postMessage('clickID')).then(learn, () => undefined)
    else {
      const request = new XMLHttpRequest()
      request.onload = () => learn(request.status >= 200 && request.status < 300 && request.responseText)
      request.open('GET', 'properties://browser/clickID')
      request.send()
    }
  })

  kit.readClicks = () => {
    const found = readClicks()
    kit.whenAllowed(ask)
    return found
  }
}

export default inApp
