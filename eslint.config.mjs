import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { walls } from './.ci/rooms.mjs'

const pureRooms = ['shared/**/*.ts', 'server/pair/**/*.ts', 'server/destinations/**/*.ts', 'server/match-keys/**/*.ts']
const impure = [
  ['CallExpression[callee.name="fetch"]', 'fetch'],
  ['CallExpression[callee.object.name="Date"][callee.property.name="now"]', 'Date.now'],
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'new Date()'],
  ['CallExpression[callee.object.name="Math"][callee.property.name="random"]', 'Math.random'],
].map(([selector, name]) => ({
  selector,
  message: `${name} has no place in a pure room: pass time, randomness and network in`,
}))

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off', // data from outside is checked where its type says it need not be
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess asks for it after a length check
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['{client,server,shared,test}/**/*.ts'],
    plugins: { pairpixel: { rules: { rooms: walls } } },
    rules: { 'pairpixel/rooms': 'error' },
  },
  { files: pureRooms, rules: { 'no-restricted-syntax': ['error', ...impure] } },
  {
    files: ['**/*.mjs', '.ci/**'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' } },
  },
  {
    files: ['bench/**/*.mjs'],
    languageOptions: {
      globals: { performance: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setImmediate: 'readonly' },
    },
  },
)
