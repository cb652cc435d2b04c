// Builds what browsers get (the pixel and the dashboard) into dist/ when a source is newer than the last build:
// `node .ci/build-browser.mjs [--force]`.
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = ['client', 'shared', 'server/dashboard/page']
/** What decides how they are built. */
const means = [
  'rollup.config.mjs',
  '.ci/strip-types.mjs',
  '.ci/short-names.mjs',
  '.ci/short-names.json',
  '.ci/build-browser.mjs',
  'package-lock.json',
]
const built = [
  'dist/p.js',
  'dist/usual.js',
  ...readdirSync(path.join(root, 'client/features')).map((file) => `dist/features/${file.replace(/\.ts$/, '.js')}`),
  'dist/client/index.mjs',
  'dist/debug.js',
  'dist/second.js',
  'dist/dashboard/live.js',
]

const filesUnder = (folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

const changedAt = (file) => statSync(path.resolve(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0

const isStale = () =>
  Math.max(...[...sources.flatMap(filesUnder), ...means].map(changedAt)) > Math.min(...built.map(changedAt))

/** Renamed into place, so that a collector that serves the file never reads half of it. */
function write(file, content) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, content)
  renameSync(`${file}.${process.pid}`, file)
}

/** Answers whether there was anything to do. */
export async function buildBrowserFiles({ force = false } = {}) {
  if (!force && !isStale()) return false
  process.chdir(root) // the configuration names its files from here
  const { rollup } = await import('rollup')
  const { default: configs } = await import('../rollup.config.mjs')
  for (const config of configs) {
    const bundle = await rollup(config)
    const { output } = await bundle.generate(config.output)
    await bundle.close()
    for (const { fileName, code, source } of output)
      write(config.output.file ?? path.join(config.output.dir, fileName), code ?? source)
  }
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const done = await buildBrowserFiles({ force: process.argv.includes('--force') })
  console.log(done ? `built ${built.join(', ')}` : 'the browser files are up to date')
}
