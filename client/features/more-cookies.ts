import { limits } from '../../shared/limits.ts'
import { moreCookies } from '../../shared/platform-cookies.ts'
import type { Feature } from '../kit.ts'
import { readCookie } from '../memory/cookie.ts'

/** Cookies of other platforms, those that the site or its tag names, leave with each event beside the core's. */
const moreCookiesOfPage: Feature = (kit) => {
  const { postBatch } = kit
  kit.postBatch = (batch, leaving) => {
    // A list does as well.
    const asked = [kit.siteConfig.cookies].join().split(/[\s,]+/)
    const found = moreCookies.flatMap((name) => {
      const value = asked.includes(name) ? readCookie(name) : undefined
      // The collector takes no longer ones, and twenty events must find room in one request.
      return value && value.length <= limits.cookieChars ? [`${name}=${value}`] : []
    })
    const events = batch.events?.map((event) => ({ ...event, cookies: [...(event.cookies ?? []), ...found] }))
    // What was kept to be sent again has them already.
    return postBatch(found[0] && leaving !== false ? { ...batch, events } : batch, leaving)
  }
}

export default moreCookiesOfPage
