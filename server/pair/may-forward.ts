import { consentFor, type Consent, type ConsentState } from '../../shared/consent.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import type { Reason } from '../../shared/reasons.ts'

export interface Hold {
  readonly reason: Reason
  readonly detail: string
}

interface Instance {
  readonly name: string
  readonly platform: string
  readonly pixel_id?: string
  readonly forward_unmatched?: boolean
  readonly require_server_copy?: readonly string[]
  readonly server_consent?: 'follow_browser'
}

/** An instance's own name: `meta` of `shop/meta`. */
export const shortName = (instance: string): string => instance.slice(instance.lastIndexOf('/') + 1)

/** Does `to` name this instance, by platform, by name or by its pixel's ID in any case? Absent: all. */
export const isAddressed = (to: readonly string[] | undefined, { name, platform, pixel_id }: Instance): boolean =>
  !to ||
  to.some((one) => [platform, shortName(name), name].includes(one) || one.toLowerCase() === pixel_id?.toLowerCase())

/** What the visitor said for one instance; undefined when the event says nothing. */
function consentOf(consent: Consent | undefined, { name, platform }: Instance): ConsentState | undefined {
  const own = consent?.per && Object.hasOwn(consent.per, shortName(name)) ? consent.per[shortName(name)] : undefined
  return own ?? consentFor(consent, platform)
}

/** An explicit yes, such as takes back an earlier no. */
export const isGranted = (consent: Consent | undefined, instance: Instance): boolean =>
  consentOf(consent, instance) === 'granted'

/** Consent for one instance; checked on arrival and again at sending. */
export const consentHold = (consent: Consent | undefined, instance: Instance): Hold | undefined =>
  consentOf(consent, instance) === 'denied'
    ? { reason: 'consent_denied', detail: `The visitor’s choice forbids ${instance.platform}.` }
    : undefined

/**
 * A browser copy goes only where the platform's pixel carries our ID, or never spoke. A call that had left without an
 * ID would count twice beside ours.
 */
export const pixelHold = (pixel: PixelState | undefined, instance: Instance): Hold | undefined =>
  pixel === 'unmatched' && !instance.forward_unmatched
    ? {
        reason: 'pixel_unmatched',
        detail: `The page had already sent this to ${instance.platform} without an ID; ours beside it would count twice.`,
      }
    : undefined

/** Is a browser's copy of this event too little for the instance? Anybody can post one. @param event canonical name */
export const needsServerCopy = (event: string, { require_server_copy: events }: Instance): boolean =>
  events?.includes(event) === true

/** What a browser alone told of waits for the back end's copy, where the instance asks for it. */
export const serverCopyHold = (
  event: string,
  copies: readonly { readonly kind: 'browser' | 'backend' }[],
  instance: Instance,
): Hold | undefined =>
  needsServerCopy(event, instance) && !copies.some(({ kind }) => kind === 'backend')
    ? {
        reason: 'server_copy_missing',
        detail:
          'Only a browser told of this, which anybody can do; `require_server_copy` asks for your back end’s copy too, and none came in time.',
      }
    : undefined

/** Where a back end's silence is no yes, some copy must say it. */
export const unknownHold = (consents: readonly (Consent | undefined)[], instance: Instance): Hold | undefined =>
  instance.server_consent && !consents.some((consent) => isGranted(consent, instance))
    ? {
        reason: 'consent_unknown',
        detail:
          'Your back end did not say whether the visitor allows it, and no copy of a page said so in time (`server_consent: follow_browser`).',
      }
    : undefined
