// The size gate: every visitor pays for each byte of the pixel. The core by itself; the core with what makes a pixel of
// it (pairing, pages, retry; the core holds for consent); the same with what a site is served beside these unless it
// says otherwise; each feature by itself. The dashboard's page is the owner's.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { rollup } from 'rollup'
import { script } from '../rollup.config.mjs'
import { usualFeatures } from '../shared/pixel-features.ts'

const dist = new URL('../dist/', import.meta.url)
const limits = {
  core: { brotli: 3000 },
  plain: { brotli: 4910, gzip: 5405 },
  usual: { brotli: 5660, gzip: 6230 },
  dashboard: { gzip: 60_000 },
}
const plainFeatures = ['pairing', 'lifecycle', 'retry']

const read = (name) => readFileSync(new URL(name, dist), 'utf8')
const core = read('p.js')
const features = Object.fromEntries(
  readdirSync(new URL('features/', dist)).map((file) => [file.replace(/\.js$/, ''), read(`features/${file}`)]),
)
const withSettings = (code) =>
  code.replace(/(["'`])__PAIRPIXEL_SETTINGS__\1/, () => '{pixels:{meta:[],reddit:[],snapchat:[]}}')

/** The core built with these, as `usual.js` is with its own. */
async function build(names) {
  const entry = fileURLToPath(new URL('../client/index-plain.ts', import.meta.url))
  const lines = names.map((name) => `import ${name} from './features/${name}.ts'`)
  const code = `import { serve } from './serve.ts'\n${lines.join('\n')}\nserve([${names.join(', ')}])`
  const config = script(entry)
  const inMemory = {
    name: 'in-memory',
    resolveId: (id) => (id === entry ? id : null),
    load: (id) => (id === entry ? code : null),
  }
  const bundle = await rollup({ ...config, plugins: [inMemory, ...config.plugins] })
  const { output } = await bundle.generate(config.output)
  return output[0].code
}

// Brotli's quality is 11 unless said otherwise.
const sizeOf = (code) => ({ brotli: brotliCompressSync(code).length, gzip: gzipSync(code, { level: 9 }).length })
const rows = [
  ['core', core, limits.core],
  [`core + ${plainFeatures.join(' + ')}`, withSettings(await build(plainFeatures)), limits.plain],
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
