/** Enough of a value to know it again, too little to use it: screenshots travel. */
export const mask = (value: string): string =>
  value.length < 12 ? `${value.slice(0, 2)}…` : `${value.slice(0, 6)}…${value.slice(-2)} (${value.length} characters)`
