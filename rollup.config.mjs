import { readdirSync } from 'node:fs'
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

// Members that never leave the script, listed one by one: a pattern such as `^_` would take cookies and wire fields
// along. The core and its features are built apart and meet in the page, so each has its short name by its place here.
const ownMembers = [
  ...['platformName', 'globalName', 'callsFor', 'hitParts', 'addEvent', 'addChange', 'flushAll'],
  ...['siteConfig', 'publicCommands', 'allPlatforms', 'getDomain', 'whenAllowed', 'shutGate', 'heldRuns'],
  ...['readClicks', 'makeEvent', 'takeEvent', 'ownCalls', 'noteState', 'postBatch', 'tellFirstPage', 'mayFire'],
]
const shortNames = Object.fromEntries(
  ownMembers.map((name, at) => [`$${name}`, String.fromCharCode(at < 26 ? 97 + at : 39 + at)]),
)

const minify = (module) =>
  terser({
    ecma: 2020,
    module,
    compress: { passes: 5, inline: 1, unsafe_arrows: true, pure_getters: true },
    mangle: { properties: { regex: new RegExp(`^(${ownMembers.join('|')})$`) } },
    nameCache: { props: { props: shortNames } },
    format: { comments: false },
  })

// One word for every binding compresses better than two.
const oneBindingWord = { name: 'one-binding-word', renderChunk: (code) => code.replace(/\bconst\b(?=[ {[])/g, 'let') }

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
  ...features.map((name) => ({
    input: `client/features/${name}.ts`,
    plugins: [ts],
    output: {
      file: `dist/features/${name}.js`,
      format: 'iife',
      name: 'feature',
      plugins: [minify(false), oneBindingWord, asExpression],
    },
  })),
  livePage,
]
