import { readFileSync } from 'node:fs'

/** A tree of settings, as a file would hold it. */
export type Tree = Record<string, unknown>

export interface EnvironmentResult {
  readonly tree: Tree
  readonly faults: readonly string[]
  /** Path of the settings file, when named. */
  readonly file?: string
}

/** Variable → where its value goes, and how it is read. */
const known: Readonly<Record<string, readonly [path: string, read?: ((text: string) => unknown) | undefined]>> = {
  PAIRPIXEL_LISTEN: ['listen'],
  PAIRPIXEL_ADMIN_LISTEN: ['admin.listen'],
  PAIRPIXEL_ADMIN_TOKEN: ['admin.token'],
  PAIRPIXEL_ADMIN_URL: ['admin.url'],
  PAIRPIXEL_STORE: ['store'],
  PAIRPIXEL_STORE_DURABILITY: ['store_durability'],
  PAIRPIXEL_DISK_RESERVE: ['disk_reserve'],
  PAIRPIXEL_TRUST_PROXY: ['trust_proxy', (text) => (/^\d+$/.test(text) ? Number(text) : list(text))],
  PAIRPIXEL_ALERTS_WEBHOOK: ['alerts.webhook', list],
  PAIRPIXEL_URL: ['url'],
  PAIRPIXEL_ORIGINS: ['origins', list],
  PAIRPIXEL_SERVER_KEYS: ['server_keys', list],
  PAIRPIXEL_DEFAULT_COUNTRY: ['default_country'],
  PAIRPIXEL_DEFAULT_CURRENCY: ['default_currency'],
  PAIRPIXEL_HOLD: ['hold.default'],
  PAIRPIXEL_SCRIPT_PATH: ['paths.script'],
  PAIRPIXEL_EVENTS_PATH: ['paths.events'],
  ...platform('META', 'meta', ['API_VERSION', 'TEST_EVENT_CODE', 'TEST_UNTIL']),
  ...platform('REDDIT', 'reddit', ['API_VERSION', 'TEST_ID', 'TEST_MODE', 'TEST_UNTIL']),
  ...platform('SNAPCHAT', 'snapchat', ['TEST_EVENT_CODE', 'TEST_MODE', 'TEST_UNTIL']),
}

function platform(prefix: string, name: string, own: readonly string[]): typeof known {
  const keys = ['PIXEL_ID', 'ACCESS_TOKEN', 'ENDPOINT', ...own]
  return Object.fromEntries(
    keys.map((key) => [
      `${prefix}_${key}`,
      [`destinations.${name}.${key.toLowerCase()}`, key === 'TEST_MODE' ? yesOrNo : undefined] as const,
    ]),
  )
}

/** What is neither a yes nor a no stays as it is, and is refused: a test that is not one counts as real. */
function yesOrNo(text: string): boolean | string {
  const word = text.trim().toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(word)) return true
  return ['0', 'false', 'no', 'off'].includes(word) ? false : text
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** Settings from environment variables; each also as `NAME_FILE`, a file that holds the value. Empty means unset. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentResult {
  const tree: Tree = {}
  const faults: string[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!value) continue
    const isFile = variable.endsWith('_FILE') && Object.hasOwn(known, variable.slice(0, -5))
    const name = isFile ? variable.slice(0, -5) : variable
    const place = Object.hasOwn(known, name) ? known[name] : undefined
    if (!place) {
      if (variable.startsWith('PAIRPIXEL_') && variable !== 'PAIRPIXEL_CONFIG') faults.push(`${variable} is no setting`)
      continue
    }
    if (isFile && env[name]) faults.push(`${name} and ${variable} are both set; keep one`)
    let text = value
    if (isFile) {
      try {
        text = readFileSync(value, 'utf8').trim()
      } catch {
        faults.push(`${variable} names a file that cannot be read: it takes a path, not the value itself`)
        continue
      }
    }
    setPath(tree, place[0], place[1] ? place[1](text) : text.trim())
  }
  return { tree, faults, file: env.PAIRPIXEL_CONFIG || undefined }
}

/** Sets `a.b.c` in a tree, making the branches. Names that would reach a prototype are refused. */
export function setPath(tree: Tree, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop()
  if (!last || [...names, last].some((name) => name === '__proto__' || name === 'constructor' || name === 'prototype'))
    return
  let branch = tree
  for (const name of names) {
    if (!Object.hasOwn(branch, name) || typeof branch[name] !== 'object' || branch[name] === null) branch[name] = {}
    branch = branch[name] as Tree
  }
  branch[last] = value
}
