import { cleanUrl } from '../../shared/url-hygiene.ts'
import type { Feature } from '../kit.ts'

/**
 * Takes e-mail-like values and parameters like `email` or `token` out of the addresses of each event as it leaves: the
 * page itself goes by the addresses as they are. Click IDs are known apart from the address by then.
 */
const redact: Feature = (kit) => {
  const { postBatch, siteConfig: config } = kit
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
