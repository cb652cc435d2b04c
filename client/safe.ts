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

/** Leaves out members that say nothing: absent, '', [], {} and what is no number. Zero and false are values. */
const isFilled = (_: string, value: unknown): unknown =>
  /^(\W\W|null)$/.test(JSON.stringify(value)) ? undefined : value

/** As JSON, without what says nothing. */
export const toJson = (value: unknown): string => JSON.stringify(value, isFilled)

/** A copy that no one else holds, without what says nothing; an empty one of what JSON cannot carry. */
export const copyOf = <T extends object>(value: T): T =>
  attempt(() => JSON.parse(toJson({ value })) as { value?: T })?.value ?? ({} as T)
