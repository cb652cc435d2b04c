import { cleanUrl } from '../../shared/url-hygiene.ts'
import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'

/** What the script tag (`data-redact`) or the served settings may say of it. */
export interface RedactOptions {
  /** Further parameters, with commas. */
  readonly redact?: string
}

/**
 * Takes e-mail-like values and parameters like `email` or `token` out of the addresses of each event as it leaves: the
 * page itself goes by the addresses as they are. Click IDs are known apart from the address by then.
 */
const redact: Feature = (kit) => {
  const { postBatch } = kit
  const config: PixelConfig & RedactOptions = kit.siteConfig
  kit.postBatch = (batch, leaving) => {
    // Asked each time, for a page may say it late; a list does as well.
    const names = [config.redact].join().toLowerCase()
    const more = names.split(/[\s,]+/)
    // What was kept for later has no empty members.
    const clean = (url: string): string => url && cleanUrl(url, more)
    const events = batch.events?.map((event) => ({ ...event, url: clean(event.url), referrer: clean(event.referrer) }))
    return postBatch({ ...batch, events }, leaving)
  }
}

export default redact
