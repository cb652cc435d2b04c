import { isIP } from 'node:net'
import * as z from 'zod'
import { canonicalName } from '../../shared/names.ts'
import { moreCookies } from '../../shared/platform-cookies.ts'
import type { BeforeHook } from '../before.ts'
import { durabilities } from '../store/redis/durability.ts'
import { isRedisUrl, parseRedisUrl } from '../store/redis/url.ts'
import { alerts } from './alerts.ts'
import { parseDate } from './date.ts'
import { mappingKeys } from './mapping.ts'

// Settings never need code made at run time, and the process may forbid it.
z.config({ jitless: true })

const durationMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `"3s"`, `"10m"`, `500` (ms) → milliseconds. */
const duration = z
  .union([z.number().int().min(0), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'is no time such as "3s" or "10m"')])
  .transform((value) => {
    if (typeof value === 'number') return value
    const [, digits = '0', unit = 'ms'] = /^([\d.]+)(\w+)$/.exec(value) ?? []
    return Math.round(Number(digits) * durationMs[unit as keyof typeof durationMs])
  })
  .refine((ms) => ms <= 3_600_000, 'is longer than an hour')
const holds = z.record(z.string(), duration)

const sizeOf = { '': 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const

/** `"512mb"`, `"2gb"`, `0` (bytes) → bytes. */
const size = z
  .union([z.number().int().min(0), z.string().regex(/^\d{1,6}(\.\d+)?(kb|mb|gb)?$/i, 'is no size such as "512mb"')])
  .transform((value) => {
    const [, digits = '0', unit = ''] = /^([\d.]+)(\w*)$/.exec(String(value).toLowerCase()) ?? []
    return Math.round(Number(digits) * sizeOf[unit as keyof typeof sizeOf])
  })

const text = z.string().trim().min(1, 'is empty')
/** IDs and tokens: text without white space inside. A number would lose digits, so it is refused by its type. */
const id = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' ? 'is a number: put it in quotes, or digits may be lost' : undefined,
  })
  .trim()
  .min(1, 'is empty')
  .regex(/^\S+$/, 'has white space inside: paste it whole')

const httpsUrl = text
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'is no http(s) address')
  .refine(
    (value) => !URL.canParse(value) || new URL(value).protocol === 'https:' || isLoopback(new URL(value).hostname),
    {
      message: 'must be https, unless it is on this machine',
    },
  )
  .transform((value) => value.replace(/\/+$/, ''))

export const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|\[?::1\]?|127(\.\d+){3})$/.test(host.toLowerCase())

export const listen = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:]+):\d{1,5}$/, 'is no address such as "127.0.0.1:8787"')
  .refine((value) => Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535, 'has a port above 65535')
  .transform((value) => ({
    host: value.slice(0, value.lastIndexOf(':')).replace(/[[\]]/g, ''),
    port: Number(value.slice(value.lastIndexOf(':') + 1)),
  }))

const origin = text.refine(
  (value) => value === 'null' || (URL.canParse(value) && new URL(value).origin === value),
  'is no origin such as "https://www.shop.example" (scheme and host, no path)',
)

const currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, 'is no currency code of three letters')

/** `26.0` and `V26.0` are `v26.0`. */
const version = z
  .string({
    error: ({ input }) => (typeof input === 'number' ? 'is a number: put it in quotes, as "v26.0"' : undefined),
  })
  .trim()
  .toLowerCase()
  .transform((name) => name.replace(/^(?=\d)/, 'v'))
  .refine((name) => /^v\d+(\.\d+)?$/.test(name), 'is no version such as "v26.0"')

/** A date means the end of that day, in UTC. */
const testEnd = z
  .union([z.string().trim(), z.date()])
  .transform((value) => parseDate(value))
  .refine((at) => at !== undefined, 'is no date such as "2026-12-01"')

/** Changes or drops an event before it is stored; only a settings file that is code can hold one. */
const before = z.custom<BeforeHook>((value) => typeof value === 'function', 'is no function')

const destination = z.strictObject({
  platform: z.string().optional(),
  enabled: z.boolean().default(true),
  pixel_id: id,
  access_token: id.optional(),
  endpoint: httpsUrl.optional(),
  api_version: version.optional(),
  test_event_code: text.optional(),
  test_id: text.optional(),
  test_mode: z.boolean().optional(),
  test_until: testEnd.optional(),
  action_source: text.optional(),
  data_processing_options: z.unknown().optional(),
  email_rule: z.enum(['alnum', 'dots']).optional(),
  hash_ip: z.boolean().optional(),
  partner: z.string().trim().optional(),
  reddit_user: text
    .regex(/^(\/?u\/)?[A-Za-z0-9_-]{3,20}$/, 'is no Reddit user name')
    .transform((user) => user.replace(/^\/?u\//, ''))
    .optional(),
  default_calling_code: z
    .union([z.number().int(), z.string().trim()])
    .transform((code) => String(code).replace(/^(\+|00)/, ''))
    .refine((code) => /^[1-9]\d{0,3}$/.test(code), 'is no country calling code such as "44"')
    .optional(),
  forward_unmatched: z.boolean().optional(),
  require_server_copy: z
    .union([z.boolean(), z.array(text)], 'is none of true, false and a list of events')
    .transform((given) => (Array.isArray(given) ? given : given ? ['purchase'] : []))
    .transform((events) => [...new Set(events.map(canonicalName))])
    .optional(),
  on_ambiguous: z.enum(['resend', 'hold'], 'is neither resend nor hold').optional(),
  batch_size: z.number().int().min(1).max(2000).optional(),
  hold: holds.optional(),
  ...mappingKeys,
})
export type DestinationInput = z.output<typeof destination>

const path = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/-]+$/, 'is no path such as "/e"')
  .refine((value) => new URL(value, 'https://x').pathname === value, 'is a path that no browser asks for as it stands')
const network = z.string().refine((value) => {
  const [address = '', bits] = value.split('/')
  const kind = isIP(address)
  return kind > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)))
}, 'is neither an address nor a network such as "10.0.0.0/8"')

/** Where the stand-ins of the platforms' libraries are: on this machine, for tests. */
const simulators = httpsUrl.refine((value) => URL.canParse(value) && isLoopback(new URL(value).hostname), {
  message: 'must be on this machine',
})

/** The name of a parameter, as it stands in addresses. */
const parameter = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s,?&#=]{1,64}$/, 'is no parameter’s name')

const site = z.strictObject({
  url: httpsUrl.optional(),
  origins: z.array(origin).default([]),
  server_keys: z.array(id.min(16, 'is shorter than 16 characters')).default([]),
  consent: z.enum(['none', 'wait', 'tcf', 'gcm', 'auto'], 'is none of none, wait, tcf, gcm, auto').default('none'),
  server_consent: z
    .enum(['assume_granted', 'follow_browser'], 'is neither assume_granted nor follow_browser')
    .default('assume_granted'),
  consent_fallback: z.enum(['denied', 'granted'], 'is neither denied nor granted').default('denied'),
  default_country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'is no country code of two letters')
    .optional(),
  default_currency: currency.nullish(),
  hold: holds.default({}),
  before: before.optional(),
  vault: z.union([z.boolean(), z.literal('by_email')], 'is none of true, false, "by_email"').default(true),
  pixel: z
    .strictObject({
      pairing: z.union([z.boolean(), z.literal('deep')], 'is none of true, false, deep').default(true),
      proof: z.enum(['default', 'deep'], 'is neither default nor deep').default('default'),
      pages: z.boolean().default(true),
      retry: z.boolean().default(true),
      details: z.boolean().optional(),
      attributes: z.boolean().default(false),
      data_layer: z.boolean().default(false),
      forms: z.boolean().default(false),
      hash_user: z.boolean().default(false),
      meta_cookies: z.boolean().default(false),
      mirror: z.boolean().default(false),
      in_app: z.boolean().default(false),
      cookies: z.array(z.enum(moreCookies, `is none of ${moreCookies.join(', ')}`)).default([]),
      remember: z.boolean().default(false),
      match: z.boolean().default(false),
      gpp: z.boolean().default(false),
      redact: z
        .union([z.boolean(), z.array(parameter)], 'is none of true, false and a list of parameters')
        .default(false),
      load: z.union([z.boolean(), simulators], 'is neither true, false nor the address of simulators').default(false),
    })
    .prefault({}),
  destinations: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'is no instance name (a–z, 0–9, - and _)'), destination)
    .default({}),
})
export type SiteInput = z.output<typeof site>

/** The address itself is not repeated: it may hold a password. */
function checkStore(value: string, context: z.RefinementCtx): void {
  if (/^(sqlite:.+|memory:)$/.test(value)) return
  let message = 'is neither sqlite:PATH, redis://HOST nor memory:'
  try {
    if (isRedisUrl(value)) return void parseRedisUrl(value)
  } catch (error) {
    message = error instanceof Error ? error.message.replace(/^store: /, '') : message
  }
  context.addIssue({ code: 'custom', message })
}

const server = {
  listen: listen.prefault('0.0.0.0:8787'),
  admin: z
    .strictObject({
      listen: listen.prefault('127.0.0.1:8788'),
      token: id.min(32, 'is shorter than 32 characters').optional(),
      url: httpsUrl.optional(),
    })
    .prefault({}),
  store: text.superRefine(checkStore).default('sqlite:./data/pairpixel.db'),
  store_durability: z.enum(durabilities, `is none of ${durabilities.join(', ')}`).optional(),
  disk_reserve: size.optional(),
  trust_proxy: z
    .union(
      [z.number().int().min(0).max(10), z.array(network)],
      'is neither a number of proxies nor a list of their addresses (true is too much trust)',
    )
    .default([]),
  alerts,
  paths: z.strictObject({ script: path.default('/p.js'), events: path.default('/e') }).prefault({}),
}

/** The settings file, or what the environment spells: one site at the top, or several under `sites`. */
export const oneSite = z.strictObject({ ...server, ...site.shape })
export const manySites = z.strictObject({
  ...server,
  sites: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is no site key'), site)
    .refine((sites) => Object.keys(sites).length > 0, 'has no site in it'),
})
