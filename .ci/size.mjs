// The size gate: every visitor pays for each byte of the pixel. The core by itself; the core with what makes a pixel of
// it (pairing, pages, retry; the core holds for consent); the same with what a site is served beside these unless it
// says otherwise; each feature by itself. The dashboard's page is the owner's.
import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { usualFeatures } from '../shared/pixel-features.ts'
import { plainFeatures, scriptWith, withSettings } from './pixel-builds.mjs'

const dist = new URL('../dist/', import.meta.url)
const limits = {
  core: { brotli: 3000 },
  plain: { brotli: 5045, gzip: 5580 },
  usual: { brotli: 5790, gzip: 6390 },
  dashboard: { gzip: 60_000 },
}

const read = (name) => readFileSync(new URL(name, dist), 'utf8')
const core = read('p.js')
const features = Object.fromEntries(
  readdirSync(new URL('features/', dist)).map((file) => [file.replace(/\.js$/, ''), read(`features/${file}`)]),
)
// Brotli's quality is 11 unless said otherwise.
const sizeOf = (code) => ({ brotli: brotliCompressSync(code).length, gzip: gzipSync(code, { level: 9 }).length })
const rows = [
  ['core', core, limits.core],
  [`core + ${plainFeatures.join(' + ')}`, withSettings(await scriptWith(plainFeatures)), limits.plain],
  [`core + ${usualFeatures.join(' + ')}`, withSettings(read('usual.js')), limits.usual],
  ['dashboard', ['html', 'css', 'js'].map((kind) => read(`dashboard/live.${kind}`)).join('\n'), limits.dashboard],
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
