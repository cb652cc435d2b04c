/** An IP address as it was written, and what it is. */
export interface Ip {
  /** Without port, brackets and zone; an IPv4 address inside IPv6 in its dotted form, all else as it was written. */
  readonly text: string
  /** The one spelling of RFC 5952, or dotted decimals. */
  readonly canonical: string
  readonly version: 4 | 6
  readonly isPublic: boolean
}

/** One address, with or without port, brackets and zone; undefined when it is none. */
export function readIp(input: string): Ip | undefined {
  const plain = readV4(input)
  if (plain) return { text: input, canonical: input, version: 4, isPublic: isPublicV4(plain) }
  const bare = input
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%[^%]*$/, '')
  const v4 = readV4(bare)
  if (v4) return { text: bare, canonical: bare, version: 4, isPublic: isPublicV4(v4) }
  const groups = readV6(bare)
  if (!groups) return undefined
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const bytes = [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255]
    const dotted = bytes.join('.')
    return { text: dotted, canonical: dotted, version: 4, isPublic: isPublicV4(bytes) }
  }
  return { text: bare, canonical: writeV6(groups), version: 6, isPublic: isPublicV6(groups) }
}

/** Four decimal numbers without leading zeros: `010.0.0.1` is read as octal by some, so it is refused. */
function readV4(text: string): number[] | undefined {
  const bytes = [0, 0, 0, 0]
  let count = 0
  let byte = -1 // no digit yet
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) {
      byte = byte < 0 ? digit : byte === 0 ? 256 : byte * 10 + digit
      if (byte > 255) return undefined
    } else if (text[at] === '.' && byte >= 0 && count < 3) {
      bytes[count++] = byte
      byte = -1
    } else return undefined
  }
  bytes[3] = byte
  return count === 3 && byte >= 0 ? bytes : undefined
}

function readV6(text: string): number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted && readV4(dotted[2]!)
  if (dotted && !tail) return undefined
  const hex = tail ? `${dotted[1]!}${hexPair(tail[0]!, tail[1]!)}:${hexPair(tail[2]!, tail[3]!)}` : text
  const halves = hex.split('::').map((half) => (half === '' ? [] : half.split(':')))
  if (halves.length > 2 || !halves.flat().every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  const missing = 8 - halves.flat().length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const [head = [], rest = []] = halves
  return [...head, ...Array<string>(missing).fill('0'), ...rest].map((group) => parseInt(group, 16))
}

const hexPair = (high: number, low: number): string => (high * 256 + low).toString(16)

/** RFC 5952: the first longest run of two or more zero groups becomes `::`. */
function writeV6(groups: readonly number[]): string {
  let best = { start: 0, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (best.length < 2) return hex(groups)
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`
}

const isPublicV4 = ([a = 0, b = 0]: readonly number[]): boolean =>
  !(a === 0 || a === 10 || a === 127 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) &&
  !(a === 169 && b === 254)

/** Not `::`, `::1`, link-local (fe80::/10) or unique local (fc00::/7). */
function isPublicV6(groups: readonly number[]): boolean {
  const first = groups[0]!
  const isLow = groups.slice(0, 7).every((group) => group === 0) && groups[7]! <= 1
  return !isLow && (first & 0xffc0) !== 0xfe80 && (first & 0xfe00) !== 0xfc00
}
