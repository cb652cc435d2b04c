/** Where one is: the name of a view and its query, both from the part of the address after `#/`. */
export interface Place {
  readonly view: string
  readonly query: Readonly<Record<string, string>>
}

/** `#/events?pair=capi-only` → its parts; anything else leads to the overview. */
export function readPlace(hash: string): Place {
  const [view = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  return { view: view || 'overview', query: Object.fromEntries(new URLSearchParams(search)) }
}

/**
 * `#token=…` of a printed link logs in. The part behind # never leaves the browser, and what is in it goes from the
 * address at once.
 */
export function takeToken(): string | undefined {
  const token = /^#token=(.*)$/.exec(location.hash)?.[1]
  if (token === undefined) return undefined
  history.replaceState(null, '', location.pathname)
  return decodeURIComponent(token)
}

/** The address of a view; what is undefined or empty is left out. */
export function addressOf(view: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const search = new URLSearchParams(given).toString()
  return `#/${view}${search && `?${search}`}`
}

/** A place's own address with a part of its query changed. */
export const changed = ({ view, query }: Place, change: Readonly<Record<string, string | undefined>>): string =>
  addressOf(view, { ...query, ...change })

/** What goes along from view to view. */
export const kept = ({ query }: Place): Readonly<Record<string, string | undefined>> => ({
  range: query.range,
  site: query.site,
})
