import { dayMs } from '../../shared/limits.ts'
import type { Feature } from '../kit.ts'
import { readCookie, writeCookie } from '../memory/cookie.ts'
import { attempt } from '../safe.ts'

const keepSeconds = 7_776_000 // 90 days

/** Holds a click ID: an empty one is `%7B%7D`, as the collector writes it too. */
const isFull = (text: string | undefined): unknown => text?.[6]

/**
 * A second copy of `_pp` in local storage, which lives longer where a script's cookie lives a day (Safari, after a click
 * on an ad) and no answer of the collector renews it. A lost cookie is written back, and the core joins it with what
 * the page knows, by the rules of any other; one that nobody changed is renewed once a day. Consent takes the copy away
 * (client/features/consent.ts).
 */
const mirror: Feature = (kit) => {
  const { keepClicks } = kit
  const write = (text: string): void => writeCookie('_pp', text, keepSeconds, kit.getDomain())

  kit.keepClicks = () =>
    kit.whenAllowed(() => {
      // The cookie as it was, and when it was written last.
      const [kept = '', at] = attempt(() => (localStorage._pp as string | undefined)?.split(' ')) ?? []
      if (!isFull(readCookie('_pp')) && /^%7B[^;]+$/.test(kept)) write(kept)
      keepClicks()
      const cookie = readCookie('_pp')
      const now = Date.now()
      if (!cookie || (cookie === kept && Math.abs(now - Number(at)) < dayMs)) return
      if (cookie === kept) write(cookie)
      attempt(() => {
        if (isFull(cookie)) localStorage._pp = `${cookie} ${now}`
        else delete localStorage._pp
      })
    })
}

export default mirror
