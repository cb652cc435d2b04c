/**
 * A UUIDv7 (RFC 9562): 48 bits of time, then random bits, so that IDs made later sort later.
 * @param now epoch milliseconds @param random at least 10 random bytes
 */
export function uuidV7(now: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  for (let i = 5, rest = now; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** 1–128 printable ASCII characters without spaces. The caller trims. */
export const isEventId = (id: string): boolean => /^[!-~]{1,128}$/.test(id)
