import { dirname, join } from 'node:path'
import type { ZodError } from 'zod'
import { PairpixelError } from '../../shared/errors.ts'
import { canonicalName } from '../../shared/names.ts'
import type { Destination } from '../destinations/destination.ts'
import { destinationNames, findDestination } from '../destinations/index.ts'
import type { Settings, Site, SiteInstance } from '../site.ts'
import { alertSettings } from './alerts.ts'
import { readEnvironment, type Tree } from './environment.ts'
import { findFile, readFile } from './file.ts'
import { mappingFaults, mappingShape, rulesOf } from './mapping.ts'
import { overlayTree, readOverlays, secretsName } from './secrets.ts'
import { isLoopback, manySites, oneSite, type DestinationInput, type SiteInput } from './schema.ts'

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Settings file; without one, the folder is searched. */
  readonly file?: string
  readonly folder: string
}

/** The settings tree of file and environment, environment over file. Throws CONFIG_INVALID with every fault. */
export async function loadTree({ env, file, folder }: LoadOptions): Promise<Tree> {
  const environment = readEnvironment(env)
  const path = file ?? environment.file ?? findFile(folder)
  const tree = path ? await readFile(path) : {}
  if (tree.sites && Object.keys(environment.tree).some((key) => key in oneSite.shape && !(key in manySites.shape)))
    throw invalid([
      'The file has several sites, so variables for one site (META_…, PAIRPIXEL_URL, …) say not which; put them in the file.',
    ])
  const merged = overlayTree(mergeTrees(tree, environment.tree), readOverlays(secretsFileOf(path, folder)))
  if (environment.faults.length) throw invalid([...environment.faults, ...faultsOf(merged)])
  return merged
}

/** Where the dashboard keeps what it is told: beside the settings file, or in the folder where there is none. */
export const secretsFileOf = (file: string | undefined, folder: string): string =>
  join(file === undefined ? folder : dirname(file), secretsName)

/** The settings file that `loadTree` would read; undefined: there is none. */
export const settingsFileOf = ({ env, file, folder }: LoadOptions): string | undefined =>
  file ?? readEnvironment(env).file ?? findFile(folder)

/** True when nobody has set anything: the demo's cue. */
export const isEmpty = (tree: Tree): boolean => Object.keys(tree).length === 0

/** Checks a settings tree and completes it. Throws CONFIG_INVALID with every fault, a line each. */
export function checkTree(tree: Tree): Settings {
  const faults = faultsOf(tree)
  if (faults.length) throw invalid(faults)
  const data = schemaOf(tree).parse(tree)
  const sites: Record<string, SiteInput> = 'sites' in data ? data.sites : { default: data }
  const alone = !('sites' in data)
  return {
    listen: data.listen,
    admin: data.admin.listen,
    ...(data.admin.token && { adminToken: data.admin.token }),
    ...(data.admin.url && { adminUrl: data.admin.url }),
    store: data.store,
    ...(data.store_durability && { storeDurability: data.store_durability }),
    ...(data.disk_reserve !== undefined && { diskReserveBytes: data.disk_reserve }),
    trustProxy: data.trust_proxy,
    alerts: alertSettings(data.alerts),
    paths: data.paths,
    sites: Object.entries(sites).map(([key, site]) => readSite(key, site, alone)),
  }
}

const schemaOf = (tree: Tree) => (tree.sites === undefined ? oneSite : manySites)

function faultsOf(tree: Tree): string[] {
  const result = schemaOf(tree).safeParse(tree)
  const sites = (tree.sites as Tree | undefined) ?? { default: tree }
  return [...(result.success ? [] : describe(result.error)), ...acrossFields(tree, sites)]
}

/** Everything wrong that no single field shows. */
function acrossFields(tree: Tree, sites: Record<string, unknown>): string[] {
  const faults: string[] = []
  const { listen: admin, token } = (tree.admin ?? {}) as { listen?: unknown; token?: unknown }
  if (typeof admin === 'string' && !isLoopback(admin.slice(0, admin.lastIndexOf(':'))) && !token)
    faults.push(
      'admin.listen must be an address of this machine (127.0.0.1:PORT), unless admin.token is set: others can reach it there',
    )
  const listens = [tree.listen, admin].filter((value) => typeof value === 'string' && !value.endsWith(':0'))
  if (new Set(listens).size < listens.length) faults.push('listen and admin.listen are the same address')
  faults.push(...pathFaults(tree.paths))
  const keys = new Map<string, string>()
  for (const [siteKey, site] of Object.entries(sites)) {
    const at = tree.sites === undefined ? '' : `sites.${siteKey}.`
    const { destinations, server_keys: serverKeys } = (site ?? {}) as { destinations?: unknown; server_keys?: unknown }
    const seen = new Map<string, string>()
    for (const [name, input] of Object.entries(
      (destinations ?? {}) as Record<string, Partial<DestinationInput> | null>,
    )) {
      const platform = input?.platform ?? name
      const destination = findDestination(platform)
      const place = `${at}destinations.${name}`
      if (destination)
        faults.push(...sourceFaults(place, destination, input?.action_source), ...nameFaults(place, input, destination))
      else
        faults.push(
          `${place} says no platform: add "platform": ${destinationNames.map((known) => `"${known}"`).join(' or ')}`,
        )
      const pixel = `${platform} ${String(input?.pixel_id).trim().toLowerCase()}`
      if (input?.pixel_id && seen.has(pixel))
        faults.push(
          `${at}destinations.${name} and ${seen.get(pixel) ?? ''} have one pixel ID; every event would count twice`,
        )
      seen.set(pixel, name)
    }
    for (const key of Array.isArray(serverKeys) ? serverKeys.map(String) : []) {
      if (keys.has(key) && keys.get(key) !== siteKey)
        faults.push(`${at}server_keys: a key of site ${keys.get(key) ?? ''} stands here again`)
      keys.set(key, siteKey)
    }
  }
  return faults
}

/** Addresses that are something else's. At the back end's, what it posts would be taken for a page's. */
const ownPaths = ['/v1/events', '/v1/people', '/healthz', '/readyz']

function pathFaults(paths: unknown): string[] {
  const { script = '/p.js', events = '/e' } = (paths ?? {}) as { script?: unknown; events?: unknown }
  const folded = (path: unknown): string => String(path).toLowerCase().replace(/\/$/, '')
  return [
    ...(folded(script) === folded(events) ? ['paths.script and paths.events are one address'] : []),
    ...Object.entries({ script, events }).flatMap(([name, path]) =>
      ownPaths.includes(folded(path)) ? [`paths.${name} is an address of the collector itself; choose another`] : [],
    ),
  ]
}

/** What a mapping asks of a platform that it cannot do; a mapping of the wrong shape has its own faults. */
function nameFaults(place: string, input: unknown, destination: Destination): string[] {
  const mapping = mappingShape.safeParse(input)
  return mapping.success ? mappingFaults(place, mapping.data, destination) : []
}

/** A word that means nothing to the platform would quietly be a website. */
function sourceFaults(place: string, { actionSources }: Destination, source: unknown): string[] {
  if (typeof source !== 'string') return []
  const words = Object.entries(actionSources).flat()
  return words.some((word) => word.toLowerCase() === source.trim().toLowerCase())
    ? []
    : [`${place}.action_source is none of ${[...new Set(words)].join(', ')}`]
}

function readSite(key: string, site: SiteInput, alone: boolean): Site {
  const origins = new Set(site.origins)
  if (site.url) origins.add(new URL(site.url).origin)
  const instances = Object.entries(site.destinations).map(([name, input]): SiteInstance => {
    const { hold, platform, events, rename, map, ...rest } = input
    const rules = rulesOf({ events, rename, map })
    return {
      ...rest,
      ...(rules.length && { rules }),
      name: alone ? name : `${key}/${name}`,
      platform: platform ?? name,
      access_token: rest.access_token ?? '',
      default_currency: site.default_currency,
      ...(site.server_consent === 'follow_browser' && site.consent !== 'none' && { server_consent: 'follow_browser' }),
      ...(rest.require_server_copy?.length && site.server_keys.length === 0 && { no_server_keys: true }),
      ...(hold && { holdMs: canonicalHolds(hold) }),
    }
  })
  const codes = new Set(instances.flatMap(({ default_calling_code: code }) => code ?? []))
  return {
    key,
    ...(site.url && { url: site.url }),
    origins: [...origins],
    serverKeys: site.server_keys,
    ...(site.default_country && { defaultCountry: site.default_country }),
    ...(site.before && { before: site.before }),
    ...(codes.size > 0 && { callingCodes: [...codes] }),
    holdMs: canonicalHolds(site.hold),
    consent: site.consent,
    consentFallback: site.consent_fallback,
    vault: site.vault,
    pixel: site.pixel,
    instances: instances.length ? instances : dryRun(alone ? '' : `${key}/`),
  }
}

const canonicalHolds = (hold: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(hold).map(([name, ms]) => [name === 'default' ? name : canonicalName(name), ms]))

/** A site without destinations maps for all three platforms and shows what it would send. */
const dryRun = (prefix: string): SiteInstance[] =>
  destinationNames.map((platform) => ({
    name: prefix + platform,
    platform,
    enabled: true,
    pixel_id: 'PIXEL_ID',
    access_token: '***',
    dry_run: true,
  }))

const describe = (error: ZodError): string[] =>
  error.issues.map(({ path, message, code, ...rest }) => {
    const place = path.map(String).join('.')
    if (code === 'unrecognized_keys')
      return (rest as unknown as { keys: string[] }).keys
        .map((key) => `${place ? `${place}.` : ''}${key} is no setting`)
        .join('\n')
    return `${place || 'settings'} ${message.startsWith('Invalid') ? `is wrong: ${message}` : message}`
  })

const invalid = (faults: readonly string[]): PairpixelError =>
  new PairpixelError(
    'CONFIG_INVALID',
    `The settings have ${faults.length === 1 ? 'a fault' : 'faults'}:\n${faults.map((fault) => `  - ${fault.replaceAll('\n', '\n  - ')}`).join('\n')}`,
  )

function mergeTrees(under: Tree, over: Tree): Tree {
  const merged: Tree = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isTree(value) && isTree(below) ? mergeTrees(below, value) : value
  }
  return merged
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
