import { parseJson, pick, pickText, toAmount } from './check.ts'
import type { Hit, PlatformName } from './platform.ts'
import { hitRichness, redditEventName, redditId } from './reddit-copies.ts'

/** A request of a browser pixel: its query, with the fields of a form body added, and the body text. */
export interface HitRequest {
  readonly fields: URLSearchParams
  readonly text: string
  readonly now: number
}

const filled = (text: string | null): string | undefined => text || undefined

/** What each pixel's request says; a request that carries no event makes no hit. */
export const readHits: Readonly<Record<PlatformName, (request: HitRequest) => readonly Hit[]>> = {
  meta({ fields, now }) {
    const event = fields.get('ev')
    if (!event) return []
    const hit: Hit = {
      event,
      id: filled(fields.get('eid')),
      pixel: fields.get('id') ?? '',
      value: toAmount(fields.get('cd[value]')),
      currency: filled(fields.get('cd[currency]')),
      at: now,
      fields: Object.fromEntries(fields),
    }
    return [hit]
  },

  reddit({ fields, now }) {
    const event = fields.get('event')
    if (!event) return []
    const hit: Hit = {
      event: redditEventName(event, filled(fields.get('m.customEventName'))),
      id: redditId(filled(fields.get('m.conversionId'))),
      channel: 'WEBSITE', // whatever the pixel sends counts as the website's
      richness: hitRichness(fields),
      pixel: fields.get('id') ?? '',
      value: toAmount(fields.get('m.value')),
      currency: filled(fields.get('m.currency')),
      at: now,
      fields: Object.fromEntries(fields),
    }
    return [hit]
  },

  /** Entries without `t` are telemetry. */
  snapchat({ text, now }) {
    const entries = pick(parseJson(text), 'req')
    return (Array.isArray(entries) ? entries : []).flatMap((entry): Hit[] => {
      const event = pickText(entry, 't', 'ev')
      if (!event) return []
      return [
        {
          event,
          id: pickText(entry, 't', 'cdid'),
          order: pickText(entry, 't', 'e_tid'),
          pixel: pickText(entry, 't', 'pid') ?? '',
          value: toAmount(pick(entry, 't', 'e_pr')),
          currency: pickText(entry, 't', 'e_cur'),
          at: now,
          fields: { ...(pick(entry, 't') as object) },
        },
      ]
    })
  },
}
