// Builds the pixel into dist/ when a source is newer than the last build: `node client/build.mjs [--force]`.
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = ['dist/p.js', 'dist/client/index.mjs']

const filesUnder = (folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

const changedAt = (file) => statSync(path.resolve(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0

const isStale = () => {
  const sources = [...filesUnder('client'), ...filesUnder('shared'), 'rollup.config.mjs']
  return Math.max(...sources.map(changedAt)) > Math.min(...built.map(changedAt))
}

/** Answers whether there was anything to do. */
export async function buildPixel({ force = false } = {}) {
  if (!force && !isStale()) return false
  process.chdir(root) // the configuration names its files from here
  const { rollup } = await import('rollup')
  const { default: configs } = await import('../rollup.config.mjs')
  for (const config of configs) {
    const bundle = await rollup(config)
    const { output } = await bundle.generate(config.output)
    await bundle.close()
    mkdirSync(path.dirname(config.output.file), { recursive: true })
    // Renamed into place, so that a collector that serves the file never reads half of it.
    const unfinished = `${config.output.file}.${process.pid}`
    writeFileSync(unfinished, output[0].code)
    renameSync(unfinished, config.output.file)
  }
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const done = await buildPixel({ force: process.argv.includes('--force') })
  console.log(done ? `built ${built.join(' and ')}` : 'the pixel is up to date')
}
