import { BlockList, isIP } from 'node:net'
import { findEmpty, isDigestOfNothing, isSha256, pick } from './check.ts'
import { hashedKeys } from './meta-shape.ts'

interface Row {
  readonly text: string
  readonly applies: (event: unknown) => boolean
}

const user = (event: unknown, key: string): unknown => pick(event, 'user_data', key)
const value = (event: unknown): unknown => pick(event, 'custom_data', 'value')
const currency = (event: unknown): unknown => pick(event, 'custom_data', 'currency')

const privateRanges = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  privateRanges.addSubnet(network, prefix)
for (const [network, prefix] of [
  ['::1', 128],
  ['fe80::', 16],
  ['fc00::', 7],
] as const)
  privateRanges.addSubnet(network, prefix, 'ipv6')

const isPrivate = (address: unknown): boolean =>
  typeof address === 'string' && privateRanges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const suffix = /^(.{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

/** Whether a cookie is there and not of the form `fb.N.MS.LAST`, with or without the suffix of Meta's library. */
function isMalformed(cookie: unknown, last: RegExp): boolean {
  if (typeof cookie !== 'string') return false
  const [fb, index, ms, payload, version, ...rest] = cookie.split('.')
  const isWhole = fb === 'fb' && /^\d+$/.test(index ?? '') && /^\d{13}$/.test(ms ?? '') && last.test(payload ?? '')
  return !isWhole || (version !== undefined && !suffix.test(version)) || rest.length > 0
}

const rows: readonly Row[] = [
  {
    text: 'user_data.client_user_agent is missing',
    applies: (event) => pick(event, 'action_source') === 'website' && user(event, 'client_user_agent') === undefined,
  },
  {
    text: 'user_data.client_user_agent must not be hashed',
    applies: (event) => isSha256(user(event, 'client_user_agent')),
  },
  { text: 'event_id is missing', applies: (event) => pick(event, 'event_id') === undefined },
  {
    text: 'custom_data.currency without value',
    applies: (event) => currency(event) !== undefined && value(event) === undefined,
  },
  {
    text: 'custom_data.value without currency',
    applies: (event) => value(event) !== undefined && currency(event) === undefined,
  },
  {
    text: 'user_data.fbp is not of the form fb.N.MS.DIGITS',
    applies: (event) => isMalformed(user(event, 'fbp'), /^\d+$/),
  },
  {
    text: 'user_data.fbc is not of the form fb.N.MS.FBCLID',
    applies: (event) => isMalformed(user(event, 'fbc'), /^[^.]+$/),
  },
  {
    text: 'user_data.client_ip_address is private',
    applies: (event) => isPrivate(user(event, 'client_ip_address')),
  },
  ...[...hashedKeys, 'external_id'].map((key) => ({
    text: `user_data.${key} is the digest of nothing`,
    applies: (event: unknown) => isDigestOfNothing(user(event, key)),
  })),
  {
    text: 'country and state of data_processing_options do not fit',
    applies: (event) =>
      (pick(event, 'data_processing_options_country') === 0) !== (pick(event, 'data_processing_options_state') === 0),
  },
]

/** What Events Manager would complain about in an event that was taken. */
export function metaWarnings(event: unknown): readonly string[] {
  const custom = pick(event, 'custom_data')
  const empty = custom === undefined ? undefined : findEmpty(custom, 'custom_data')
  const found = rows.filter(({ applies }) => applies(event)).map(({ text }) => text)
  return empty ? [...found, `${empty} is empty`] : found
}
