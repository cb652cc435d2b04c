import { clickIdParams, coreClickIds, isClickId, readParams } from '../../shared/click-ids.ts'
import type { Context, EventFacts } from '../../shared/event.ts'
import { isSameSite } from '../../shared/same-site.ts'
import { withoutEmails } from '../../shared/url-hygiene.ts'

type ClickIds = NonNullable<Context['click_ids']>

const others = clickIdParams.filter((name) => !coreClickIds.some((core) => core === name))
/** A quick look: nearly all addresses have none of them. */
const mayHaveOthers = new RegExp(`[?&#](?:${others.join('|')})=`, 'i')

/**
 * Click IDs of the platforms whose IDs the pixel leaves to us: what the event says, else what its address has, else the
 * referrer of the same site, for a redirect of the site may have dropped the landing's query. Undefined without any.
 * @param redact parameters that this site's addresses lose, in lower case
 */
export function otherClicks(
  { url, referrer, context }: Pick<EventFacts, 'url' | 'referrer' | 'context'>,
  redact: readonly string[] = [],
) {
  const known = context?.click_ids
  const found: ClickIds = {
    ...(mayHave(referrer) && isSameSite(url, referrer) && clicksIn(referrer, redact)),
    ...(mayHave(url) && clicksIn(url, redact)),
  }
  return Object.keys(found).length ? { ...found, ...known } : known
}

const mayHave = (address: string | undefined): address is string => address !== undefined && mayHaveOthers.test(address)

/** What looks like somebody's address is none, as in the event's own addresses. Without a time: it is the event's. */
function clicksIn(address: string, redact: readonly string[]): ClickIds {
  const found = readParams(
    address,
    others,
    (name, value) => isClickId(name, value) && !redact.includes(name) && withoutEmails(value) === value,
  )
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, { value }]))
}
