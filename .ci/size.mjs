// The size gate: every visitor pays for each byte of the pixel. The core by itself, each feature by itself, and the
// core with the features that a site gets unless it says otherwise, as it is served.
import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { usualFeatures } from '../shared/pixel-features.ts'

const dist = new URL('../dist/', import.meta.url)
const limits = { core: { brotli: 3000 }, usual: { brotli: 5620, gzip: 6180 } }

const read = (name) => readFileSync(new URL(name, dist), 'utf8')
const core = read('p.js')
const features = Object.fromEntries(
  readdirSync(new URL('features/', dist)).map((file) => [file.replace(/\.js$/, ''), read(`features/${file}`)]),
)
const usual = read('usual.js').replace(
  /(["'`])__PAIRPIXEL_SETTINGS__\1/,
  () => '{pixels:{meta:[],reddit:[],snapchat:[]}}',
)

// Brotli's quality is 11 unless said otherwise.
const sizeOf = (code) => ({ brotli: brotliCompressSync(code).length, gzip: gzipSync(code, { level: 9 }).length })
const rows = [
  ['core', core, limits.core],
  [`core + ${usualFeatures.join(' + ')}`, usual, limits.usual],
  ...Object.entries(features).map(([name, code]) => [`feature ${name}`, code, {}]),
]
for (const [name, code, most] of rows) {
  const sizes = sizeOf(code)
  const words = Object.entries(sizes).map(([kind, bytes]) => {
    const limit = most[kind]
    return limit ? `${kind} ${bytes} B of ${limit} (${((bytes / limit - 1) * 100).toFixed(1)} %)` : `${kind} ${bytes} B`
  })
  console.log(`${name}: ${words.join(', ')}`)
  const over = Object.entries(most).filter(([kind, limit]) => sizes[kind] > limit)
  if (over.length) {
    console.error(`${name} is over its budget`)
    process.exitCode = 1
  }
}
