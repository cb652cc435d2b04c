import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'

const ts = typescript({
  tsconfig: 'tsconfig.json',
  compilerOptions: {
    noEmit: false,
    target: 'es2020',
    module: 'esnext',
    moduleResolution: 'bundler',
  },
  include: ['client/**', 'shared/**'],
  noEmitOnError: true,
})

// Members that never leave the script, listed one by one: a pattern such as `^_` would take cookies and wire fields along.
const ownMembers =
  /^(platformName|globalName|queueName|liveName|idKey|idOffset|scriptFile|hitPath|hitName|hitId|customName|itemNames|paramNames|addEvent|addChange|flushAll)$/

const minify = terser({
  ecma: 2020,
  module: true,
  compress: { passes: 5, unsafe_arrows: true, pure_getters: true },
  mangle: { properties: { regex: ownMembers } },
  format: { comments: false },
})

export default [
  { input: 'client/index.ts', plugins: [ts], output: { file: 'dist/p.js', format: 'iife', plugins: [minify] } },
  {
    input: 'client/module.ts',
    plugins: [ts],
    output: { file: 'dist/client/index.mjs', format: 'es', plugins: [minify] },
  },
]
