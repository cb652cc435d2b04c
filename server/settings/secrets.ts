import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { PairpixelError } from '../../shared/errors.ts'
import type { Settings } from '../site.ts'
import type { Tree } from './environment.ts'

/** What the dashboard was told of one destination; it goes over file and variables. */
export interface Overlay {
  readonly access_token?: string
  readonly enabled?: boolean
}
/** Instance name (`meta`, or `SITE/meta` where there are several sites) → what it was told. */
export type Overlays = Readonly<Record<string, Overlay>>

export const secretsName = 'pairpixel.secrets.json'

/** Reads the file the dashboard writes; none: nothing was told. Throws CONFIG_INVALID where it cannot be read as that. */
export function readOverlays(file: string): Overlays {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw invalid(file, 'cannot be read', cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(file, 'holds no JSON: mend it, or take it away and put the tokens in anew', cause)
  }
  const list = (value as { destinations?: unknown } | null)?.destinations
  if (!isTree(list)) throw invalid(file, 'has no "destinations": take it away and put the tokens in anew')
  return Object.fromEntries(
    Object.entries(list).flatMap(([name, one]) => {
      const { access_token: token, enabled } = isTree(one) ? one : {}
      const told: Overlay = {
        ...(typeof token === 'string' && { access_token: token }),
        ...(typeof enabled === 'boolean' && { enabled }),
      }
      return Object.keys(told).length ? [[name, told] as const] : []
    }),
  )
}

/** Writes the file anew, for its owner alone; it is whole or as it was. Throws where it cannot be written. */
export function writeOverlays(file: string, overlays: Overlays): void {
  const next = `${file}.new`
  writeFileSync(next, `${JSON.stringify({ destinations: overlays }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(next, 0o600)
  renameSync(next, file)
}

/** The tree with what was told of its destinations; what is told of others is left alone. */
export function overlayTree(tree: Tree, overlays: Overlays): Tree {
  const sites = isTree(tree.sites) ? tree.sites : undefined
  if (!sites) return { ...tree, ...overlaid(tree, overlays, '') }
  return {
    ...tree,
    sites: Object.fromEntries(
      Object.entries(sites).map(([key, site]) => [
        key,
        isTree(site) ? { ...site, ...overlaid(site, overlays, `${key}/`) } : site,
      ]),
    ),
  }
}

function overlaid({ destinations }: Tree, overlays: Overlays, prefix: string): Tree {
  if (!isTree(destinations)) return {}
  return {
    destinations: Object.fromEntries(
      Object.entries(destinations).map(([name, one]) => {
        const told = Object.hasOwn(overlays, prefix + name) ? overlays[prefix + name] : undefined
        return [name, isTree(one) && told ? { ...one, ...told } : one]
      }),
    ),
  }
}

/** Checked settings with what was told since: the same as if they were read anew. */
export const overlaySettings = (settings: Settings, overlays: Overlays): Settings => ({
  ...settings,
  sites: settings.sites.map((site) => ({
    ...site,
    instances: site.instances.map((one) =>
      Object.hasOwn(overlays, one.name) ? { ...one, ...overlays[one.name] } : one,
    ),
  })),
})

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (file: string, what: string, cause?: unknown): PairpixelError =>
  new PairpixelError('CONFIG_INVALID', `${file} ${what}.`, { cause })
