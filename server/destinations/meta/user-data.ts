import type { StoredEvent } from '../../../shared/event.ts'
import { chooseFbc, clickOfFbc, isFbp } from '../../../shared/fbc.ts'
import { readIp } from '../../../shared/ip.ts'
import type { InstanceSettings } from '../destination.ts'
import { clickIn, pruned, type Warn } from '../wire.ts'
import type { Source } from './rules.ts'

/** Who it was, in Meta's `user_data`. Lists go whole: Meta takes several values of a key. @param time of the event, epoch ms */
export function userData(
  event: StoredEvent,
  settings: InstanceSettings,
  { source, time }: { readonly source: Source; readonly time: number },
  extras: Readonly<Record<string, unknown>>,
  warn: Warn,
): Record<string, unknown> | undefined {
  const { context = {} } = event
  const { meta: hashed } = event.keys
  const fbp = context.cookies?._fbp
  const { ctwa_clid: messageClick, ...own } = extras
  return pruned({
    em: hashed.em,
    ph: phones(event, settings),
    fn: hashed.fn,
    ln: hashed.ln,
    ge: hashed.ge,
    db: hashed.db,
    ct: hashed.ct,
    st: hashed.st,
    zp: hashed.zp,
    country: hashed.country,
    external_id: hashed.external_id,
    client_ip_address: publicIp(context.ip, warn),
    client_user_agent: context.user_agent,
    fbc: fbcOf(event, time, warn),
    fbp: fbp && !isFbp(fbp) ? warn('context.cookies._fbp', 'The cookie is not in Meta’s form; it is left out.') : fbp,
    madid: source === 'app' ? advertisingId(event) : undefined,
    ...own,
    ctwa_clid:
      messageClick && !own.whatsapp_business_account_id
        ? warn(`platform.${settings.platform}.ctwa_clid`, 'It needs whatsapp_business_account_id; it is left out.')
        : messageClick,
  })
}

/** Under the instance's calling code national numbers have digests of their own, made when the event arrived. */
function phones(
  { keys }: StoredEvent,
  { default_calling_code: code }: InstanceSettings,
): readonly string[] | undefined {
  return (code && keys.meta[`ph+${code}`]) || keys.meta.ph
}

/** In clear it rests once, where Snapchat's form of it is kept: lower case, which is Meta's too. A digest is none. */
const advertisingId = ({ keys }: StoredEvent): string | undefined =>
  keys.snapchat.madid?.find((id) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))

const librarySuffix = /\.(?:[\w-]{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

/** The first public address, without a library's suffix; a private one says nothing about the visitor. */
function publicIp(list: string | undefined, warn: Warn): string | undefined {
  if (!list) return undefined
  for (const entry of list.split(',')) {
    const ip = readIp(entry) ?? readIp(entry.trim().replace(librarySuffix, ''))
    if (ip?.isPublic) return ip.text
  }
  return warn('context.ip', 'There is no public address in it; it is left out.')
}

function fbcOf({ context, url, referrer }: StoredEvent, time: number, warn: Warn): string | undefined {
  const stored = context?.cookies?._fbc
  const known = stored && clickOfFbc(stored)
  if (stored && !known) warn('context.cookies._fbc', 'The cookie is not in Meta’s form; it is left out.')
  const click = context?.click_ids?.fbclid
  // A click remembered from before the cookie was written is not the latest one, and `fbc` names the latest only.
  const isOutdated = known && click?.at !== undefined && click.at < Number(stored.split('.')[2])
  // Seen after its own event: by a page's clock that is ahead, while the event's time is put right.
  if (click && !isOutdated) return chooseFbc(stored, click.value, Math.min(click.at ?? time, time)).fbc
  return chooseFbc(stored, clickIn(url, 'fbclid') ?? clickIn(referrer, 'fbclid'), time).fbc
}
