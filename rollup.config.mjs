import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'

const ts = (include) =>
  typescript({
    tsconfig: 'tsconfig.json',
    compilerOptions: { noEmit: false, target: 'es2020', module: 'esnext', moduleResolution: 'bundler', rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true, emitDeclarationOnly: false, declaration: false },
    include,
    noEmitOnError: true,
  })

// Names that start with an underscore are ours alone, so they may be shortened.
const minify = terser({
  ecma: 2020,
  module: true,
  compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
  mangle: { props: { regex: /^_[a-z]/ } },
  format: { comments: false },
})

export default [
  {
    input: 'client/index.ts',
    plugins: [ts(['client/**', 'shared/**'])],
    output: [
      { file: 'dist/p.js', format: 'iife', plugins: [minify] },
    ],
  },
]
