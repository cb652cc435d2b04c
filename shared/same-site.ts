const hostOf = (address: string): string | undefined =>
  URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, '') : undefined

/**
 * Whether two addresses are plainly of one site: the same host, with or without `www.`, or one a sub-domain of the
 * other. Two sub-domains beside each other may belong to strangers, so they are not.
 */
export function isSameSite(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [hostOf(one ?? ''), hostOf(other ?? '')]
  return Boolean(a && b && (a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)))
}
