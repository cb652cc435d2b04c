/** Bytes as lower-case hex. */
export const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * A UUIDv7 (RFC 9562): 48 bits of time, then random bits, so that IDs made later sort later.
 * @param now epoch milliseconds, between 2004 and 2527 @param random 18 random bytes
 */
export const uuidV7 = (now: number, random: Uint8Array, at = 0): string =>
  // 7 is the version; the variant digit may be any of 8, 9, a, b.
  'xxxxxxxx-xxxx-7xxx-axxx-xxxxxxxxxxxx'.replace(
    /x/g,
    () => `0${now.toString(16)}`[at++] ?? (random[at - 13]! % 16).toString(16),
  )

/** 1–128 printable ASCII characters without spaces. */
export const eventIdShape = /^[!-~]{1,128}$/

/** The caller trims. */
export const isEventId = (id: string): boolean => eventIdShape.test(id)
