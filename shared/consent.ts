/** `unknown` holds in the browser; the collector treats an event that says nothing by the site's setting. */
export type ConsentState = 'granted' | 'denied' | 'unknown'

export interface Consent {
  readonly state?: ConsentState
  /** The visitor allows use with limits: platforms get their data processing options. */
  readonly limited?: boolean
  /** Overrides by platform. */
  readonly per?: Readonly<Record<string, ConsentState>>
  /** Where the choice came from: tcf, gcm, gpc, cmp, api. */
  readonly source?: string
}

export const isConsentState = (value: unknown): value is ConsentState =>
  value === 'granted' || value === 'denied' || value === 'unknown'

/** What the visitor said for one platform; undefined when the event says nothing. */
export const consentFor = (consent: Consent | undefined, platform: string): ConsentState | undefined =>
  (consent?.per && Object.hasOwn(consent.per, platform) ? consent.per[platform] : undefined) ?? consent?.state
