/** Runs what touches the page, its storage or a platform. Whatever it throws ends here, never in the page. */
export const attempt = <T>(run: () => T): T | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** The same function, for entry points, listeners and timers: it cannot throw. */
export const safe =
  <A extends unknown[], R>(run: (...args: A) => R) =>
  (...args: A): R | undefined =>
    attempt(() => run(...args))

/**
 * Leaves out members that say nothing: absent, '', [], {} and what is no number, and those that JSON cannot carry. Zero
 * and false are values. Where a page has given all lists or objects a `toJSON` (old Prototype.js), they would turn into
 * texts: then it is passed over.
 */
function filled(this: Record<string, unknown>, key: string, given: unknown): unknown {
  const own = this[key] as { toJSON?: unknown } | null | undefined
  const value = [([] as typeof own)!.toJSON, ({} as typeof own)!.toJSON].includes(own?.toJSON) ? own : given
  return key && /^(\W\W|null|undefined)$/.test(attempt(() => JSON.stringify(value)) as string) ? undefined : value
}

/** As JSON, without what says nothing. */
export const toJson = (value: unknown): string => JSON.stringify(value, filled)

/** A copy that no one else holds, of what JSON can carry of it. */
export const copyOf = <T extends object>(value: T): T =>
  attempt(() => JSON.parse(toJson(Object(value))) as T) ?? ({} as T)
