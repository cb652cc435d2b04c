/** Waits until a time, or until somebody calls `wake`. */
export function createRest() {
  let wake: () => void = () => undefined
  return {
    /** @param ms at least one */
    rest: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, ms))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    wake: (): void => wake(),
  }
}
