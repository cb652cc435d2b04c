import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import typescript from '@rollup/plugin-typescript'

const here = import.meta.dirname
const read = (name) => readFileSync(join(here, name), 'utf8')

/** In the order of the cascade: what is narrower goes last. */
const styles = ['base', 'totals-and-filters', 'events', 'destinations', 'empty-and-narrow']

/** The page's HTML and CSS go beside its script, so that the built package serves all three. */
const beside = {
  name: 'beside',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'live.html', source: read('live.html') })
    this.emitFile({
      type: 'asset',
      fileName: 'live.css',
      source: styles.map((name) => read(`css/${name}.css`)).join('\n'),
    })
  },
}

/** The live page of the dashboard: one readable script, no package in it. */
export default {
  input: join(here, 'live.ts'),
  plugins: [
    typescript({ tsconfig: join(here, 'tsconfig.json'), compilerOptions: { noEmit: false }, noEmitOnError: true }),
    beside,
  ],
  output: { dir: 'dist/dashboard', entryFileNames: 'live.js', format: 'es' },
}
