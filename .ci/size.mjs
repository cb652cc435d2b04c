// The size gate: every visitor pays for each byte of the pixel.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const file = new URL('../dist/p.js', import.meta.url)
const maxBytes = 3000

const code = readFileSync(file)
// Brotli's quality is 11 unless said otherwise.
const sizes = {
  raw: code.length,
  'gzip-9': gzipSync(code, { level: 9 }).length,
  'brotli-11': brotliCompressSync(code).length,
}
console.log(
  `dist/p.js: ${Object.entries(sizes)
    .map(([name, bytes]) => `${name} ${bytes} B`)
    .join(', ')}; at most ${maxBytes} B as brotli-11`,
)
if (sizes['brotli-11'] > maxBytes) {
  console.error(`dist/p.js is ${sizes['brotli-11'] - maxBytes} B over its budget`)
  process.exitCode = 1
}
