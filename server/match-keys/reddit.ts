import { readIp } from '../../shared/ip.ts'
import { digestersOf, plainText, type Around, type Digested, type Rule } from './digest.ts'

/** `email` by Reddit's help page, `email_dots` as its older integrations do it. */
export type RedditField =
  'email' | 'email_dots' | 'phone_number' | 'external_id' | 'ip_address' | 'idfa' | 'aaid' | 'conversion_id'

/** Everything before the first `+` of the local part, without the characters a rule throws away. */
const email =
  (dropped: RegExp): Rule =>
  (text) => {
    const [local, domain, ...more] = text.toLowerCase().split('@')
    if (!local || !domain || more.length || /[\s<>]/.test(text)) return undefined
    const kept = local.replace(/\+.*$/, '').replace(dropped, '')
    return kept ? `${kept}@${domain}` : undefined
  }

const isAllZero = (id: string): boolean => /^[0-]+$/.test(id)

const rules: Readonly<Record<RedditField, Rule>> = {
  email: email(/[^a-z\d]/g),
  email_dots: email(/\./g),
  phone_number: (text) => {
    const digits = text
      .replace(/(?:ext|x|anexo|#|poste|int).*$/is, '')
      .replace(/\D/g, '')
      .replace(/^00/, '')
    return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
  },
  external_id: (text) => text,
  ip_address: (text) => readIp(text.split(',')[0]!)?.canonical,
  idfa: (text) => (isAllZero(text) ? undefined : text.toUpperCase()),
  aaid: (text) => (isAllZero(text) ? undefined : text.toLowerCase()),
  conversion_id: (text) => text,
}

const digesters = digestersOf(rules)

/** One value of one of Reddit's hashed fields. */
export function redditKey(field: RedditField, input: unknown, around: Around): Digested {
  const text = plainText(input)
  return text === undefined ? {} : digesters[field](text, around)
}
