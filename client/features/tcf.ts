import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { attempt, safe } from '../safe.ts'
import type { SayConsent } from './consent.ts'

/** What the script tag (`data-tcf-purposes`, `data-tcf-vendors`) or the served settings may ask of a TCF tool. */
export interface TcfOptions {
  /** IDs that all need consent, with commas: `1,3,4,7`. */
  readonly tcfPurposes?: string
  readonly tcfVendors?: string
}

/** What a consent tool answers (IAB Europe: TCF 2, CMP API). */
interface TcData {
  readonly eventStatus?: string
  readonly gdprApplies?: boolean
  readonly purpose: { readonly consents: Consents }
  readonly vendor: { readonly consents: Consents }
}
type Consents = Readonly<Record<string, boolean | undefined>>
type TcfApi = (command: 'addEventListener', version: 2, tell: (data: TcData, isDone: boolean) => void) => void

const poll = { stepMs: 250, steps: 20 }

/** Takes the visitor's choice from a consent tool of IAB Europe's Transparency and Consent Framework. */
const tcf: Feature = (kit) => {
  const config: PixelConfig & TcfOptions = kit.siteConfig
  const say: SayConsent = (said) => kit.publicCommands.consent(said, { source: 'tcf' })
  const areAllowed = (ids: string, consents: Consents): boolean =>
    ids.split(',').every((id) => !id || consents[id.trim()])

  const tell = safe((data: TcData, isDone: boolean) => {
    if (!isDone) return
    if (data.gdprApplies === false) say('granted')
    else if (/^(tcloaded|useractioncomplete)$/.test(data.eventStatus!))
      say(
        // What cannot be read is no yes.
        attempt(
          () =>
            areAllowed(config.tcfPurposes ?? '1,3,4,7', data.purpose.consents) &&
            areAllowed(config.tcfVendors ?? '', data.vendor.consents),
        )
          ? 'granted'
          : 'denied',
      )
  })
  /** The tool may come late. */
  const look = (step: number): void => {
    const api = (window as { __tcfapi?: TcfApi }).__tcfapi
    if (api) {
      say('unknown')
      attempt(() => api('addEventListener', 2, tell))
    } else if (step) setTimeout(look, poll.stepMs, step - 1)
  }
  look(poll.steps)
}

export default tcf
