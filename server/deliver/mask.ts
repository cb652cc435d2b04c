/** Fields by which a platform matches people, in any platform's spelling: shown, but never whole. */
const matchKeys = new Set(
  (
    'em ph fn ln ge db ct st zp country external_id client_ip_address client_user_agent fbc fbp madid sc_click_id ' +
    'sc_cookie1 idfv email phone_number ip_address user_agent idfa aaid uuid click_id subscription_id anon_id lead_id ' +
    'fb_login_id page_scoped_user_id ctwa_clid ig_sid partner_id vendor_id vin download_id'
  ).split(' '),
)
const addresses = new Set(['event_source_url', 'referrer_url'])

/** A request body as a person may see it: digests, addresses and click IDs cut short, money and items whole. */
export function mask(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return maskText(value, field)
  if (typeof value === 'number') return matchKeys.has(field) ? shorten(String(value)) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((entry) => mask(entry, field))
  const shown: Record<string, unknown> = {}
  // Names of own fields come from an operator, and one that reaches a prototype is shown nowhere.
  const fields = value as Readonly<Record<string, unknown>>
  for (const name in fields) if (name !== '__proto__') shown[name] = mask(fields[name], name)
  return shown
}

const maskText = (text: string, field: string): string => {
  if (addresses.has(field)) return text.replace(/([?&][^=&#]+=)[^&#]*/g, '$1...')
  // A digest is a match key wherever a platform wants it.
  return matchKeys.has(field) || (text.length === 64 && /^[0-9a-f]{64}$/i.test(text)) ? shorten(text) : text
}

/** Enough to recognise one's own value, too little to use it. In ASCII: other text takes twice the room and the time. */
const shorten = (text: string): string =>
  text.length < 16 && /^\d+\.\d+\.\d+\.\d+$/.test(text)
    ? text.replace(/\.\d+$/, '....')
    : `${text.slice(0, Math.min(8, Math.ceil(text.length / 3)))}... (${text.length} characters)`

/** Looking for addresses in text without a space takes the square of its length: an answer of 64 KiB held all up for a minute. */
const mostRead = 2048

/**
 * One line for a log or a person: no digest, address or token, no control characters, at most 300 characters. Platforms
 * repeat a token they do not like, so ours is looked for by its text.
 */
export const plainWords = (text: string, token = ''): string =>
  (token ? text.replaceAll(token, '[token]') : text)
    .slice(0, mostRead)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/[^\s"'=:;,<>]+@[^\s"'=:;,<>]+/g, '[address]')
    .replace(/\b[0-9a-f]{32,}\b/gi, '[digest]')
    .replace(/(access_token=)[^&\s"]+/gi, '$1[token]')
    .replace(/[\w|~+=-]{32,}/g, '[token]')
    .trim()
    .slice(0, 300)
