import type { HttpRequest, InstanceSettings } from '../destination.ts'
import { baseUrl, pathPart, plainText, pruned } from '../wire.ts'
import { base, isV3, userAgent } from './rules.ts'

/** One request for these events in the envelope of the settings’ version: v3 wraps it in `data`, v2.0 does not. */
export function request(payloads: readonly object[], settings: InstanceSettings): HttpRequest {
  const pixel = pathPart(settings.pixel_id)
  const partner = plainText(settings.partner)
  const [path, body] = isV3(settings)
    ? [
        `/api/v3/pixels/${pixel}/conversion_events`,
        { data: pruned({ events: payloads, test_id: plainText(settings.test_id), partner }) },
      ]
    : [
        `/api/v2.0/conversions/events/${pixel}`,
        pruned({ events: payloads, test_mode: settings.test_mode || undefined, partner }),
      ]
  const user = redditUser(settings.reddit_user)
  return {
    method: 'POST',
    url: baseUrl(settings, base) + path,
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${settings.access_token.trim()}`,
      'User-Agent': user ? `${userAgent} (by /u/${user})` : userAgent,
    },
    body: JSON.stringify(body),
  }
}

/** A Reddit user name, with or without `/u/` before it; undefined when it cannot be one, for a header takes no other. */
export const redditUser = (text: string | undefined): string | undefined =>
  /^(?:\/?u\/)?([A-Za-z0-9_-]{3,20})$/i.exec(text?.trim() ?? '')?.[1]
