// The import walls of docs/architecture.md (Rooms), read by eslint.config.mjs.
import path from 'node:path'

/**
 * Room → what its files may import: other rooms, and packages by name. A room may always import itself. A `*` in a
 * room's name is any one folder, each a room of its own; a file can be one too.
 */
export const rooms = {
  shared: [], // runs anywhere, so it leans on nothing
  client: ['shared'], // no packages: every byte is the visitor's
  'server/match-keys': ['shared', 'node:crypto', 'node:net'], // the only normalising and hashing
  'server/enrich': ['shared', 'server/match-keys', 'node:net'],
  'server/crash-points': ['node:*'], // where the fault suite kills; nothing unless a variable says so
  'server/collect': ['shared', 'server/crash-points', 'node:*', 'express', 'helmet'],
  'server/pair': ['shared'], // join, pair states: pure
  'server/store': ['shared', 'server/crash-points', 'node:*', 'ioredis'], // knows nothing of HTTP or platforms
  'server/deliver': [
    'shared',
    'server/crash-points',
    'server/store',
    'server/pair',
    'server/destinations',
    'node:*',
    'undici',
  ],
  'server/destinations': ['shared', 'server/destinations/*'],
  'server/destinations/*': ['shared', 'server/destinations'], // one platform: no store, no HTTP, no neighbour
  'server/simulator': ['node:*', 'express'], // written from the spec; shares nothing with what it checks
  'server/metrics': ['shared', 'server/store', 'server/pair', 'node:*', 'prom-client'], // sums and their text; asks nobody
  'server/alerts': ['shared', 'server/store', 'server/metrics', 'node:*'], // what is wrong, said once
  'server/doctor': ['shared', 'node:*', 'undici'], // looks at a site from outside
  'server/dashboard': [
    'shared',
    'server/dashboard/shapes.ts',
    'server/store',
    'server/pair',
    'node:*',
    'express',
    'helmet',
  ],
  'server/dashboard/shapes.ts': ['shared', 'server/dashboard', 'server/store', 'server/pair'], // types: what both sides of the API say
  'server/dashboard/page': ['shared', 'server/dashboard/shapes.ts', 'uplot'], // runs in the browser
  server: ['shared', 'server/*', 'node:*', 'express', 'helmet', 'pino', 'yaml', 'zod'], // the wiring
  test: ['*'], // may import all; nothing imports test
}

const longestFirst = Object.entries(rooms)
  .sort(([a], [b]) => b.length - a.length)
  .map(([room, imports]) => ({
    folder: new RegExp(`^${room.replaceAll('*', '[^/]+')}${room.endsWith('.ts') ? '$' : '(?=/)'}`),
    imports,
  }))

/** The folder that is a file's room, and what the room may import; undefined outside all rooms. */
function roomOf(file) {
  for (const { folder, imports } of longestFirst) {
    const [name] = folder.exec(file) ?? []
    if (name) return { name, imports }
  }
  return undefined
}

const allows = (pattern, name) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name)

export const walls = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { wall: '{{from}} may not import {{to}} (docs/architecture.md, Rooms)' },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll('\\', '/')
    const room = roomOf(file)
    const check = ({ source }) => {
      const name = source?.value
      if (!room || typeof name !== 'string') return
      const target = path.posix.join(path.posix.dirname(file), name)
      const to = name.startsWith('.') ? (roomOf(target)?.name ?? target) : name
      if (to !== room.name && !room.imports.some((pattern) => allows(pattern, to)))
        context.report({ node: source, messageId: 'wall', data: { from: room.name, to } })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    }
  },
}
