import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'
import livePage from './server/dashboard/page/rollup.mjs'

const ts = typescript({
  tsconfig: 'client/tsconfig.json',
  compilerOptions: {
    noEmit: false,
    declaration: false,
    emitDeclarationOnly: false,
    outDir: undefined,
    target: 'es2020',
    module: 'esnext',
    moduleResolution: 'bundler',
  },
  include: ['client/**', 'shared/**'],
  noEmitOnError: true,
})

// Members that never leave the script, listed one by one: a pattern such as `^_` would take cookies and wire fields along.
const ownMembers = /^(platformName|globalName|scriptFile|callsFor|hitParts|addEvent|addChange|flushAll)$/

const minify = (module) =>
  terser({
    ecma: 2020,
    module,
    compress: { passes: 5, inline: 1, unsafe_arrows: true, pure_getters: true },
    mangle: { properties: { regex: ownMembers } },
    format: { comments: false },
  })

// One word for every binding compresses better than two.
const oneBindingWord = { name: 'one-binding-word', renderChunk: (code) => code.replace(/\bconst\b(?=[ {[])/g, 'let') }

// A feature of the pixel is one expression: the collector puts it beside the site's settings (server/pixel-file.ts).
const asExpression = {
  name: 'as-expression',
  renderChunk: (code) =>
    code
      .trim()
      .replace(/^var feature=/, '')
      .replace(/;$/, ''),
}

export default [
  {
    input: 'client/index.ts',
    plugins: [ts],
    output: { file: 'dist/p.js', format: 'iife', plugins: [minify(true), oneBindingWord] },
  },
  {
    input: 'client/module.ts',
    plugins: [ts],
    output: { file: 'dist/client/index.mjs', format: 'es', plugins: [minify(true), oneBindingWord] },
  },
  {
    input: 'client/features/mapping.ts',
    plugins: [ts],
    output: {
      file: 'dist/features/mapping.js',
      format: 'iife',
      name: 'feature',
      plugins: [minify(false), oneBindingWord, asExpression],
    },
  },
  livePage,
]
