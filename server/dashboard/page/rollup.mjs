import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import terser from '@rollup/plugin-terser'
import { stripTypes } from '../../../.ci/strip-types.mjs'

const here = import.meta.dirname
const read = (name) => readFileSync(join(here, name), 'utf8')
const plot = dirname(createRequire(import.meta.url).resolve('uplot'))

/** In the order of the cascade: what is narrower goes last. */
const styles = [
  'base',
  'frame',
  'login',
  'controls',
  'tables',
  'overview',
  'cards',
  'states',
  'events',
  'event',
  'views',
  'narrow',
]

/** The page's HTML and CSS go beside its script, so that the built package serves all three. */
const beside = {
  name: 'beside',
  generateBundle() {
    const css = [readFileSync(join(plot, 'uPlot.min.css'), 'utf8'), ...styles.map((name) => read(`css/${name}.css`))]
    this.emitFile({ type: 'asset', fileName: 'live.html', source: read('live.html') })
    this.emitFile({ type: 'asset', fileName: 'live.css', source: css.join('\n') })
  },
}

/** The one package in the page; of the server nothing but the shapes of its answers may come along. */
const onlyPlot = {
  name: 'only-plot',
  resolveId(name) {
    if (name === 'uplot') return join(plot, 'uPlot.esm.js')
    if (!name.startsWith('.') && !name.startsWith('/')) throw new Error(`the dashboard's page may not import ${name}`)
    return null
  },
}

/** The dashboard's page. Types are checked by `npm run types`. */
export default {
  input: join(here, 'live.ts'),
  plugins: [onlyPlot, stripTypes, beside],
  output: {
    dir: 'dist/dashboard',
    entryFileNames: 'live.js',
    format: 'es',
    plugins: [terser({ ecma: 2020, module: true, compress: { passes: 2 }, format: { comments: false } })],
  },
}
