// What the compiler leaves behind: the entry that older nodes can read, and files that are read at run time.
import { chmodSync, cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
for (const path of ['server/start.mjs', 'server/simulator/pixels', 'docs/tokens', 'client/gtm'])
  cpSync(path, `dist/${path}`, { recursive: true })
chmodSync('dist/server/start.mjs', 0o755)
