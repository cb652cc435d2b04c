/** Bytes as lower-case hex. */
export const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * A UUIDv7 (RFC 9562): 48 bits of time, then random bits, so that IDs made later sort later.
 * @param now epoch milliseconds, between 2004 and 2527 @param random nine random bytes
 */
export function uuidV7(now: number, random: Uint8Array): string {
  const digits = `0${now.toString(16)}` + hexOf(random)
  // 7 is the version; the variant digit may be any of 8, 9, a, b.
  return digits.replace(/(.{8})(.{4})(.{3})(.{3})/, '$1-$2-7$3-a$4-')
}

/** 1–128 printable ASCII characters without spaces. */
export const eventIdShape = /^[!-~]{1,128}$/

/** The caller trims. */
export const isEventId = (id: string): boolean => eventIdShape.test(id)
