import { clickIdParams, isClickId } from './click-ids.ts'
import { isConsentState, type Consent, type ConsentState } from './consent.ts'
import { userFields, type ClickId, type Context, type Item, type UserField } from './event.ts'
import { limits } from './limits.ts'
import { platformNames } from './names.ts'
import {
  compact,
  isAbsent,
  isObject,
  readFlag,
  readList,
  readNumber,
  readObject,
  readText,
  readTime,
  type Warn,
} from './parse-field.ts'
import { isPixelState, type Fired, type PixelState } from './pixel-state.ts'
import { moreCookies, platformCookies } from './platform-cookies.ts'

export function readItems(value: unknown, warn: Warn): readonly Item[] | undefined {
  const items: Item[] = []
  readList(value, 'items', warn, limits.items).forEach((entry, index) => {
    if (!isObject(entry)) return warn(`items[${index}]`, 'not_an_object', 'is not an object')
    // Paths are written for what is wrong alone.
    const warnOf: Warn = (field, code, message) => warn(`items[${index}].${field}`, code, message)
    const quantity = readNumber(entry.quantity, 'quantity', warnOf)
    if (quantity !== undefined && quantity < 0) warnOf('quantity', 'negative', 'is negative')
    const item = compact<Item>({
      id: readText(entry.id, 'id', warnOf, 256),
      name: readText(entry.name, 'name', warnOf, 512),
      category: readText(entry.category, 'category', warnOf, 512),
      brand: readText(entry.brand, 'brand', warnOf, 256),
      quantity: quantity !== undefined && quantity < 0 ? undefined : quantity,
      price: readNumber(entry.price, 'price', warnOf),
    })
    if (item) items.push(item)
  })
  return items.length ? items : undefined
}

/** Each match key as a list of texts; numbers become text, a list keeps its order. */
export function readUser(value: unknown, warn: Warn): Partial<Record<UserField, readonly string[]>> | undefined {
  const user = readObject(value, 'user', warn)
  const found: Partial<Record<UserField, readonly string[]>> = {}
  for (const field of userFields) {
    const given = user[field]
    if (isAbsent(given)) continue
    const path = `user.${field}`
    let texts: readonly string[] | undefined
    for (const entry of Array.isArray(given) ? readList(given, path, warn, limits.matchKeyValues) : [given]) {
      const text = readText(entry, path, warn, limits.matchKeyChars)
      if (text) texts = texts ? [...texts, text] : [text]
    }
    if (texts) found[field] = texts
  }
  return compact(found)
}

export function readContext(value: unknown, warn: Warn): Context | undefined {
  const context = readObject(value, 'context', warn)
  return compact<Context>({
    ip: readText(context.ip, 'context.ip', warn, 256),
    user_agent: readText(context.user_agent, 'context.user_agent', warn),
    screen_width: readNumber(context.screen_width, 'context.screen_width', warn),
    screen_height: readNumber(context.screen_height, 'context.screen_height', warn),
    pixel_ratio: readNumber(context.pixel_ratio, 'context.pixel_ratio', warn),
    language: readText(context.language, 'context.language', warn, 64),
    click_ids: readClickIdFields(context.click_ids, warn),
    cookies: readCookies(context.cookies, warn),
    advertising_id: readText(context.advertising_id, 'context.advertising_id', warn, 128),
    os: readText(context.os, 'context.os', warn, 32)?.toLowerCase(),
    automation: readFlag(context.automation, 'context.automation', warn),
  })
}

const clickIdsByLower = new Map(clickIdParams.map((name) => [name.toLowerCase(), name]))

function readClickIdFields(value: unknown, warn: Warn): Context['click_ids'] {
  const given = readObject(value, 'context.click_ids', warn)
  const found: Partial<Record<string, ClickId>> = {}
  for (const [key, entry] of Object.entries(given)) {
    const name = clickIdsByLower.get(key.toLowerCase())
    if (!name || isAbsent(entry)) continue
    const path = `context.click_ids.${name}`
    const text = readText(isObject(entry) ? entry.value : entry, path, warn, limits.clickIdChars)
    if (!text) continue
    if (isClickId(name, text))
      found[name] ??= compact<ClickId>({ value: text, at: isObject(entry) ? readTime(entry.at) : undefined })
    else warn(path, 'bad_click_id', 'has spaces or other characters that no click ID has, or is too long')
  }
  return compact(found)
}

const cookieNames = [...platformCookies, ...moreCookies]

function readCookies(value: unknown, warn: Warn): Context['cookies'] {
  const given = readObject(value, 'context.cookies', warn)
  const found: Record<string, string> = {}
  for (const name of cookieNames) {
    const text = readText(given[name], `context.cookies.${name}`, warn, limits.cookieChars)
    if (text) found[name] = text
  }
  return compact(found)
}

export function readConsent(value: unknown, warn: Warn): Consent | undefined {
  if (isAbsent(value)) return undefined
  const consent = isObject(value) ? value : { state: value }
  const state = isAbsent(consent.state) ? undefined : consent.state
  if (state !== undefined && !isConsentState(state)) {
    // What was said cannot be read, so nothing may be assumed allowed.
    warn('consent.state', 'unknown', 'is none of granted, denied, unknown; it counts as denied')
    return { state: 'denied' }
  }
  const per: Record<string, ConsentState> = {}
  for (const [name, said] of Object.entries(readObject(consent.per, 'consent.per', warn)).slice(
    0,
    limits.platformNames,
  )) {
    if (isConsentState(said)) per[name] = said
    else if (!isAbsent(said)) {
      per[name] = 'denied'
      warn(`consent.per.${name}`, 'unknown', 'is none of granted, denied, unknown; it counts as denied')
    }
  }
  return compact<Consent>({
    state,
    limited: readFlag(consent.limited, 'consent.limited', warn),
    per: compact(per),
    source: readText(consent.source, 'consent.source', warn, 32),
  })
}

export function readTo(value: unknown, warn: Warn): readonly string[] | undefined {
  if (isAbsent(value)) return undefined
  const list = typeof value === 'string' ? [value] : readList(value, 'to', warn, limits.platformNames)
  // An empty list is a list: the event goes nowhere.
  return list.flatMap((entry, index) => readText(entry, `to[${index}]`, warn, 64) ?? [])
}

export function readFired(value: unknown, path: string, warn: Warn): Fired | undefined {
  const fired: Record<string, PixelState> = {}
  for (const [platform, state] of Object.entries(readObject(value, path, warn))) {
    if (!platformNames.some((name) => name === platform)) continue
    if (isPixelState(state)) fired[platform] = state
    else warn(`${path}.${platform}`, 'unknown', 'is no pixel state')
  }
  return compact(fired)
}

export function readNames(value: unknown, warn: Warn): Readonly<Record<string, string>> | undefined {
  const names: Record<string, string> = {}
  const given = Object.entries(readObject(value, 'names', warn)).slice(0, limits.platformNames)
  for (const [platform, name] of given) {
    const text = readText(name, `names.${platform}`, warn, limits.eventNameChars)
    if (text) names[platform] = text
  }
  return compact(names)
}

export function readPlatform(
  value: unknown,
  warn: Warn,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined {
  const found: Record<string, Readonly<Record<string, unknown>>> = {}
  // Which platforms there are is the collector's to know; here a name only has to look like one.
  for (const [name, extras] of Object.entries(readObject(value, 'platform', warn)).slice(0, limits.platformNames)) {
    if (!/^[a-z][a-z0-9_]{0,31}$/.test(name) || isAbsent(extras)) continue
    if (isObject(extras)) found[name] = extras
    else warn(`platform.${name}`, 'not_an_object', 'is not an object')
  }
  return compact(found)
}

/** Free properties: at most 100 of them and 8 KiB as JSON, else they are left out whole. */
export function readProps(value: unknown, warn: Warn): Readonly<Record<string, unknown>> | undefined {
  const props = readObject(value, 'props', warn)
  if (Object.keys(props).length > limits.props)
    return warn('props', 'too_many', `has more than ${limits.props} entries`)
  const entries = Object.entries(props).filter(([, entry]) => !isAbsent(entry))
  if (!entries.length) return undefined
  if (new TextEncoder().encode(JSON.stringify(props)).length > limits.propsBytes)
    return warn('props', 'too_long', `is larger than ${limits.propsBytes} bytes`)
  return Object.fromEntries(entries)
}
