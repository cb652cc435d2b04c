// The import walls of docs/architecture.md (Rooms), read by eslint.config.mjs.
import path from 'node:path'

/** Room → what its files may import: other rooms, and packages by name. A room may always import itself. */
export const rooms = {
  shared: [], // runs anywhere, so it leans on nothing
  client: ['shared'], // no packages: every byte is the visitor's
  'server/match-keys': ['shared', 'node:crypto', 'node:net'], // the only normalising and hashing
  'server/enrich': ['shared', 'server/match-keys', 'node:net'],
  'server/collect': ['shared', 'node:*', 'express', 'helmet'],
  'server/pair': ['shared'], // join, pair states: pure
  'server/store': ['shared', 'node:*'], // knows nothing of HTTP or platforms
  'server/deliver': ['shared', 'server/store', 'server/pair', 'server/destinations', 'node:*', 'undici'],
  'server/destinations': ['shared', 'server/destinations/*'],
  ...Object.fromEntries(
    ['meta', 'reddit', 'snapchat'].map((name) => [`server/destinations/${name}`, ['shared', 'server/destinations']]),
  ), // no store, no HTTP, no neighbour
  'server/simulator': ['node:*', 'express'], // written from the spec; shares nothing with what it checks
  'server/dashboard': ['shared', 'server/store', 'server/pair', 'node:*', 'express', 'helmet'],
  'server/dashboard/page': ['shared'], // runs in the browser
  server: ['shared', 'server/*', 'node:*', 'express', 'helmet', 'pino', 'yaml', 'zod'], // the wiring
  test: ['*'], // may import all; nothing imports test
}

const longestFirst = Object.keys(rooms).sort((a, b) => b.length - a.length)
const roomOf = (file) => longestFirst.find((room) => file.startsWith(`${room}/`))
const allows = (pattern, name) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name)

export const walls = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { wall: '{{from}} may not import {{to}} (docs/architecture.md, Rooms)' },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll('\\', '/')
    const from = roomOf(file)
    const check = ({ source }) => {
      const name = source?.value
      if (!from || typeof name !== 'string') return
      const target = path.posix.join(path.posix.dirname(file), name)
      const to = name.startsWith('.') ? (roomOf(target) ?? target) : name
      if (to !== from && !rooms[from].some((pattern) => allows(pattern, to)))
        context.report({ node: source, messageId: 'wall', data: { from, to } })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    }
  },
}
