import type { ClickIdName } from '../../shared/click-ids.ts'
import { consentFor } from '../../shared/consent.ts'
import type { ClickId, StoredEvent } from '../../shared/event.ts'

/** Click ID → its value and when it was first seen, epoch ms. */
export type SeenClicks = Readonly<Partial<Record<ClickIdName, Required<ClickId>>>>

/** The platform a click ID means something to; the others are kept for no one yet. */
const platformOf: Readonly<Partial<Record<ClickIdName, string>>> = {
  fbclid: 'meta',
  rdt_cid: 'reddit',
  ScCid: 'snapchat',
}

/** An ID that the pixel made names one event and nothing else, so nobody will ask by it. */
const isMade = (id: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/.test(id)

/**
 * By what a visitor can be found again from another event: its order, an ID that the site gave, who the visitor is to
 * the site. A hashed e-mail only where the site says so.
 */
export function handlesOf(event: StoredEvent, byEmail: boolean): string[] {
  const { external_id: people = [], em = [] } = event.keys.meta
  return [
    ...(event.order_id ? [`order:${event.order_id}`] : []),
    ...(isMade(event.event_id) ? [] : [`event:${event.event_id}`]),
    ...people.map((digest) => `person:${digest}`),
    ...(byEmail ? em.map((digest) => `email:${digest}`) : []),
  ]
}

/**
 * The click IDs of a browser's event that may be kept for later ones: none without the visitor's full yes.
 * @param mustAsk the site asks its visitors, so that silence is no yes
 */
export function keepableClicks({ context, consent, event_time }: StoredEvent, mustAsk: boolean): SeenClicks {
  if (consent?.limited || consent?.state === 'denied' || (mustAsk && consent?.state !== 'granted')) return {}
  return Object.fromEntries(
    Object.entries(context?.click_ids ?? {}).flatMap(([name, { value, at = event_time }]) =>
      consentFor(consent, platformOf[name as ClickIdName] ?? '') === 'denied' ? [] : [[name, { value, at }]],
    ),
  )
}

/** An event of a back end alone, without click IDs of its own and without a word against them, may borrow. */
export const mayBorrow = (copies: readonly { readonly kind: string; readonly event?: StoredEvent }[]): boolean =>
  copies.every(
    ({ kind, event }) =>
      kind === 'backend' &&
      !Object.keys(event?.context?.click_ids ?? {}).length &&
      !event?.consent?.limited &&
      event?.consent?.state !== 'denied',
  )

/** The event with what it borrowed. */
export const withClicks = (event: StoredEvent, clicks: SeenClicks): StoredEvent => ({
  ...event,
  context: { ...event.context, click_ids: { ...clicks, ...event.context?.click_ids } },
})
