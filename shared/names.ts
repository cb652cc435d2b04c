import { foldName, nameRows } from './name-table.ts'

export { foldName } from './name-table.ts'

export type PlatformName = 'meta' | 'reddit' | 'snapchat'
export const platformNames: readonly PlatformName[] = ['meta', 'reddit', 'snapchat']
export const isPlatformName = (name: string): name is PlatformName =>
  (platformNames as readonly string[]).includes(name)

/** Spellings and an event of Snapchat's alone that pages hardly use: a pixel tells of them as of custom events. */
const rareRows = [
  ['page_view', '', '', '', 'gtm.dom'],
  ['view_item_list', '', '', '', 'view_category'],
  ['complete_tutorial', '', '', 'COMPLETE_TUTORIAL', 'tutorial_complete'],
]

/** Folded spelling → the row it stands in. */
const byAlias = new Map<string, readonly string[]>()
for (const row of [...nameRows(), ...rareRows]) {
  const known = byAlias.get(foldName(row[0]!)) ?? row
  for (const alias of row) if (alias && !byAlias.has(foldName(alias))) byAlias.set(foldName(alias), known)
}

/** The row a spelling stands in: canonical name, then Meta’s, Reddit’s and Snapchat’s, '' where one has none. */
export const nameRow = (name: string): readonly string[] | undefined => byAlias.get(foldName(name))

/** A row’s name as a platform spells it; undefined where it has none. */
export const spelledFor = (row: readonly string[] | undefined, platform: PlatformName): string | undefined =>
  row?.[platformNames.indexOf(platform) + 1] || undefined

/** Every canonical standard name, in table order. */
export const canonicalNames: readonly string[] = [...new Set([...nameRows(), ...rareRows].map(([name]) => name!))]

/** The same rows by their canonical names, which most names are. */
const byCanonical = new Map(canonicalNames.map((name) => [name, nameRow(name)]))

/** Canonical name of any platform's, GA4's or Segment's spelling; a custom name comes back letter for letter. */
export const canonicalName = (name: string): string => (byCanonical.has(name) ? name : (nameRow(name)?.[0] ?? name))

export const isStandard = (canonical: string): boolean => byCanonical.has(canonical)

/** The platform's own standard name for a canonical one; undefined where it has none or the name is custom. */
export const standardName = (canonical: string, platform: string): string | undefined =>
  isPlatformName(platform) ? spelledFor(byCanonical.get(canonical), platform) : undefined
