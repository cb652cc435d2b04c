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
