/** Sizes and counts that both sides enforce. Bytes are UTF-8 bytes, chars are code points unless a name says otherwise. */
export const limits = {
  eventNameChars: 256,
  eventIdChars: 128,
  clickIdChars: 1024,
  /** Meta's own library ignores longer ones (spec of the platform, section 9.2). */
  fbclidChars: 500,
  cookieChars: 1024,
  textChars: 2048,
  urlChars: 4096,
  matchKeyChars: 512,
  matchKeyValues: 10,
  items: 200,
  props: 100,
  propsBytes: 8192,
  platformNames: 64,
  /** Of a platform's pixels seen on one page, and names in that place of a batch that are looked at. */
  pixelIds: 8,
  pixelIdsLookedAt: 32,
  copiesPerKey: 8,
  browserBatchEvents: 100,
  serverBatchEvents: 1000,
  browserBodyBytes: 262_144,
  serverBodyBytes: 1_048_576,
  jsonDepth: 12,
} as const

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/** How long a key, its order alias and its send reservations are remembered. */
export const rememberKeysMs = 30 * dayMs
/** How long an explanation (field, rule, masked value, answer) stays readable. */
export const explanationMs = 7 * dayMs
/** How long a click ID is kept, by the page and by the vault, from when it was first seen. */
export const clickLifeMs = 90 * dayMs
/** An event time further ahead than this becomes the arrival time. */
export const futureToleranceMs = 5 * minuteMs
