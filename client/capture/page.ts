import type { Context } from '../../shared/event.ts'
import { limits } from '../../shared/limits.ts'
import { cleanUrl } from '../../shared/url-hygiene.ts'
import { compact } from '../compact.ts'

interface Page {
  readonly url: string
  readonly referrer: string
  readonly title: string
  readonly context: Context | undefined
}

const shownUrl = (url: string): string => cleanUrl(url).slice(0, limits.urlChars)

/** CSS pixels as the screen reports them: never multiplied, never swapped; 0 is as good as absent. */
const pixels = (size: number): number | undefined => Math.round(size) || undefined

/** What the page tells now; monitors, titles and addresses change, so it is asked for each event. */
export const readPage = (): Page => ({
  url: shownUrl(location.href),
  referrer: shownUrl(document.referrer),
  title: document.title,
  context: compact<Context>({
    screen_width: pixels(screen.width),
    screen_height: pixels(screen.height),
    pixel_ratio: devicePixelRatio,
    language: navigator.language,
    automation: navigator.webdriver || undefined,
  }),
})
