import type { News } from './finding.ts'
import { ruleTitles } from './settings.ts'

/** What a webhook gets: text for chat programs, and the same in parts for programs. */
export interface Message {
  readonly text: string
  readonly pairpixel: {
    readonly v: 1
    readonly state: 'firing' | 'over' | 'test'
    readonly rule?: string
    readonly subject?: string
    readonly site?: string
    readonly platform?: string
    /** ISO 8601. */
    readonly since?: string
    readonly at: string
    readonly message: string
    readonly fix?: string
  }
}

const iso = (at: number): string => new Date(at).toISOString()

/** Chat programs read `<!channel>` and links; what a platform said may hold anything. */
const asText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .slice(0, 1500)

/** News in words: one that begins has what to do beside it, one that is over is a line. */
export function messageOf({ state, condition }: News, now: number): Message {
  const { rule, subject, site, platform, since, message, fix } = condition
  const words = state === 'over' ? `${ruleTitles[rule]}: over for ${subject}.` : message
  const todo = state === 'over' || fix === undefined ? '' : `\nTo do: ${asText(fix)}`
  return {
    text: asText(`Pairpixel: ${words}`) + todo,
    pairpixel: {
      v: 1,
      state,
      rule,
      subject,
      site,
      ...(platform !== undefined && { platform }),
      since: iso(since),
      at: iso(now),
      message: words,
      ...(state === 'firing' && fix !== undefined && { fix }),
    },
  }
}

/** What the test button posts. */
export const testMessage = (now: number): Message => ({
  text: 'Pairpixel: this is a test. Alerts arrive here.',
  pairpixel: { v: 1, state: 'test', at: iso(now), message: 'This is a test. Alerts arrive here.' },
})
