import type { Context, StoredEvent } from '../../../shared/event.ts'
import { readIp } from '../../../shared/ip.ts'
import type { InstanceSettings } from '../destination.ts'
import { clickIn, plainText, pruned, type Warn } from '../wire.ts'
import { scidForm } from './rules.ts'

export type UserData = Readonly<Record<string, unknown>>

/** Who the visitor was, in Snapchat's fields. */
export function userData(
  event: StoredEvent,
  settings: InstanceSettings,
  isApp: boolean,
  extra: UserData,
  warn: Warn,
): UserData {
  const { context = {} } = event
  const { snapchat: hashed } = event.keys
  return (
    pruned({
      em: one(hashed.em),
      ph: one(phones(event, settings)),
      fn: one(hashed.fn),
      ln: one(hashed.ln),
      ge: one(hashed.ge),
      ct: one(hashed.ct),
      st: one(hashed.st),
      zp: one(hashed.zp),
      country: one(hashed.country),
      external_id: one(hashed.external_id),
      client_ip_address: ipOf(context.ip, warn),
      client_user_agent: plainText(context.user_agent),
      sc_click_id: clickId(event),
      sc_cookie1: scid(context.cookies, warn),
      madid: isApp ? hashed.madid?.[0] : undefined,
      ...extra,
    }) ?? {}
  )
}

/** E-mail, phone, address with user agent, or an app's advertising ID: nobody is matched by less. */
export const isMatchable = ({ em, ph, madid, client_ip_address: ip, client_user_agent: agent }: UserData): boolean =>
  Boolean(em ?? ph ?? madid ?? (ip && agent))

/** Snapchat's lists hold one value each. */
const one = (digests: readonly string[] | undefined): readonly string[] | undefined =>
  digests && digests.length > 1 ? digests.slice(0, 1) : digests

/** Read with the instance's calling code, where it names one; else as they came. */
const phones = ({ keys: { snapchat } }: StoredEvent, { default_calling_code: code }: InstanceSettings) =>
  (code ? snapchat[`ph+${code}`] : undefined) ?? snapchat.ph

/** The first of a list, in clear and in its own spelling: Snapchat hashes nothing here. A port is no part of it. */
function ipOf(list: string | undefined, warn: Warn): string | undefined {
  const first = plainText(list?.split(',')[0])
  if (first === undefined) return undefined
  const ip = readIp(first)
  if (!ip) return warn('context.ip', 'It is no IP address; it is left out.')
  return /[[\]%]|\.\d+:\d+$/.test(first) ? ip.text : first
}

const clickId = ({ context, url, referrer }: StoredEvent): string | undefined =>
  context?.click_ids?.ScCid?.value ??
  clickIn(url, 'ScCid') ??
  clickIn(referrer, 'ScCid') ??
  plainText(context?.cookies?._scclid)

/** `_scid`, or where that is none of Snapchat's, `_scid_r`, which its pixel writes beside it. */
function scid(cookies: Context['cookies'], warn: Warn): string | undefined {
  const given = ['_scid', '_scid_r'].filter((name) => cookies?.[name])
  const name = given.find((one) => scidForm.test(cookies![one]!))
  if (given[0] && name !== given[0])
    warn(`context.cookies.${given[0]}`, 'The cookie is not in Snapchat’s form; it is left out.')
  return name && cookies![name]
}
