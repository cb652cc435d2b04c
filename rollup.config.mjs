import { readdirSync } from 'node:fs'
import terser from '@rollup/plugin-terser'
import { shortNames } from './.ci/short-names.mjs'
import { stripTypes } from './.ci/strip-types.mjs'
import livePage from './server/dashboard/page/rollup.mjs'

const minify = (module) => [
  terser({
    ecma: 2020,
    module,
    compress: {
      ...{ passes: 5, inline: 1, pure_getters: true, hoist_funs: true, lhs_constants: false },
      // Nobody has put other functions in the place of the language's own.
      ...{ unsafe: true, unsafe_arrows: true, unsafe_comps: true },
    },
    mangle: false,
    format: { comments: false },
  }),
  shortNames(module),
]

// One word for every binding compresses better than two, and neighbours are joined then.
const oneBindingWord = { name: 'one-binding-word', renderChunk: (code) => code.replace(/\bconst\b(?=[ {[])/g, 'let') }

// V8 then compiles all of it at once, beside the page's own thread, instead of each function when it is first called.
const compileHint = { name: 'compile-hint', renderChunk: (code) => `//# allFunctionsCalledOnLoad\n${code}` }

// A feature is one expression: the collector joins it to the core (server/pixel-file.ts).
const asExpression = {
  name: 'as-expression',
  renderChunk: (code) =>
    code
      .trim()
      .replace(/^var feature=/, '')
      .replace(/;$/, ''),
}

// A file each in client/features; which of them a site gets, server/pixel-features.ts knows.
const features = readdirSync(new URL('client/features', import.meta.url)).map((file) => file.replace(/\.ts$/, ''))

/** A script that a page can load as it is. */
export const script = (input, file) => ({
  input,
  plugins: [stripTypes],
  output: { file, format: 'iife', plugins: [oneBindingWord, ...minify(true), oneBindingWord, compileHint] },
})

export default [
  // The core, and the core built with the usual features: what a site is served begins with one of them.
  script('client/index.ts', 'dist/p.js'),
  script('client/index-usual.ts', 'dist/usual.js'),
  {
    input: 'client/module.ts',
    plugins: [stripTypes],
    output: { file: 'dist/client/index.mjs', format: 'es', plugins: [oneBindingWord, ...minify(true), oneBindingWord] },
  },
  ...features.map((name) => ({
    input: `client/features/${name}.ts`,
    plugins: [stripTypes],
    output: {
      file: `dist/features/${name}.js`,
      format: 'iife',
      name: 'feature',
      // As the core beside it, which is a plain script.
      strict: false,
      plugins: [oneBindingWord, ...minify(false), oneBindingWord, asExpression],
    },
  })),
  {
    input: 'client/overlay/index.ts',
    plugins: [stripTypes],
    output: { file: 'dist/debug.js', format: 'es', plugins: [oneBindingWord, ...minify(true), oneBindingWord] },
  },
  {
    input: 'client/second.ts',
    plugins: [stripTypes],
    output: { file: 'dist/second.js', format: 'es', plugins: [oneBindingWord, ...minify(true), oneBindingWord] },
  },
  livePage,
]
