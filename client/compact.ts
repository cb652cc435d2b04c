/** The same object without members that say nothing (absent, '', [] or nameless); undefined when none is left. */
export function compact<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(
    ([key, value]) => key && value != null && (value as { length?: unknown }).length !== 0,
  )
  return entries.length ? (Object.fromEntries(entries) as T) : undefined
}

/** Values under the names of a list, in order; a value without a name is left out. */
export const nameValues = (names: string, values: readonly unknown[]): Record<string, unknown> | undefined =>
  compact(Object.fromEntries(names.split(',').map((name, at) => [name, values[at]])))
