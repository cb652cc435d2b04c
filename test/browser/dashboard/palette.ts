import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from('89504e470d0a1a0a', 'hex')
const mostColours = 256

/**
 * A PNG of a page with at most 256 colours: a third of the size, and no eye tells it from the first.
 * @param png 8 bits a channel, not interlaced, as browsers take them
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png)
  const counts = new Map<number, number>()
  // Neighbouring shades of letters' edges are one.
  const shadeOf = (at: number) =>
    ((pixels[at]! & 0xf8) << 16) | ((pixels[at + 1]! & 0xf8) << 8) | (pixels[at + 2]! & 0xf8)
  const exact = new Map<number, Map<number, number>>()
  for (let at = 0; at < pixels.length; at += 3) {
    const shade = shadeOf(at)
    const colour = (pixels[at]! << 16) | (pixels[at + 1]! << 8) | pixels[at + 2]!
    counts.set(shade, (counts.get(shade) ?? 0) + 1)
    const own = exact.get(shade) ?? new Map<number, number>()
    exact.set(shade, own.set(colour, (own.get(colour) ?? 0) + 1))
  }
  const commonest = (list: ReadonlyMap<number, number>) => [...list].sort((a, b) => b[1] - a[1])
  const kept = commonest(counts).slice(0, mostColours)
  // Of a shade the colour that most of its pixels have, so that flat areas stay what they are.
  const palette = kept.map(([shade]) => commonest(exact.get(shade)!)[0]![0])
  const places = new Map(kept.map(([shade], place) => [shade, place]))
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const shade = shadeOf((y * width + x) * 3)
      const place = places.get(shade) ?? nearest(palette, shade)
      places.set(shade, place)
      rows[y * (width + 1) + 1 + x] = place
    }
  const header = Buffer.from(png.subarray(16, 29))
  header[8] = 8
  header[9] = 3
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function nearest(palette: readonly number[], shade: number): number {
  const distance = (colour: number) =>
    [16, 8, 0].reduce((sum, bits) => sum + (((colour >> bits) & 255) - ((shade >> bits) & 255)) ** 2, 0)
  return palette.reduce((best, colour, place) => (distance(colour) < distance(palette[best]!) ? place : best), 0)
}

/** Pixels as red, green, blue in turn. */
function decode(png: Buffer): { readonly width: number; readonly height: number; readonly pixels: Uint8Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const channels = png[25] === 6 ? 4 : 3
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = new Uint8Array(width * height * 3)
  let before = new Uint8Array(stride)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!
    const line = Uint8Array.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)))
    for (let x = 0; x < stride; x++) {
      const [left, up, corner] = [line[x - channels] ?? 0, before[x]!, before[x - channels] ?? 0]
      line[x] = line[x]! + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!
    }
    for (let x = 0; x < width; x++) pixels.set(line.subarray(x * channels, x * channels + 3), (y * width + x) * 3)
    before = line
  }
  return { width, height, pixels }
}

/** The PNG specification's fourth predictor. */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
