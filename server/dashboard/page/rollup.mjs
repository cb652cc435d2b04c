import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import typescript from '@rollup/plugin-typescript'

const here = import.meta.dirname

/** The page's HTML and CSS go beside its script, so that the built package serves all three. */
const beside = (names) => ({
  name: 'beside',
  generateBundle() {
    for (const fileName of names)
      this.emitFile({ type: 'asset', fileName, source: readFileSync(join(here, fileName), 'utf8') })
  },
})

/** The live page of the dashboard: one readable script, no package in it. */
export default {
  input: join(here, 'live.ts'),
  plugins: [
    typescript({ tsconfig: join(here, 'tsconfig.json'), compilerOptions: { noEmit: false }, noEmitOnError: true }),
    beside(['live.html', 'live.css']),
  ],
  output: { dir: 'dist/dashboard', entryFileNames: 'live.js', format: 'es' },
}
