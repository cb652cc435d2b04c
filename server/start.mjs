#!/usr/bin/env node
// The one file an older node can read: it says in one sentence what is wrong, instead of failing on the first type.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `NODE_TOO_OLD: Pairpixel needs Node.js 24 or newer, this is ${process.versions.node}; in a checkout, npm run brings its own.\n`,
  )
  process.exitCode = 70
} else {
  const isBuilt = import.meta.url.includes('/dist/')
  if (!isBuilt) (await import('./compile-cache.mjs')).keepCompiled()
  const { main } = await import(isBuilt ? './cli/main.js' : './cli/main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
