/** SQLite's primary result codes that matter here. */
const code = {
  busy: 5,
  io: 10,
  corrupt: 11,
  full: 13,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  range: 25,
  notADatabase: 26,
}

const rowFaults: readonly number[] = [code.tooBig, code.constraint, code.mismatch, code.range]
const reopenFaults: readonly number[] = [code.io, code.corrupt, code.notADatabase]

const primary = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

/** The disk or the database is at fault, not what was to be written: nothing else in the transaction can be trusted either. */
export const isStoreFault = (error: unknown): boolean => {
  const found = primary(error)
  return found !== undefined && !rowFaults.includes(found)
}

/** After these a repeated sync may claim success for data that is gone (fsync reports an error once): open the file anew. */
export const needsReopen = (error: unknown): boolean => reopenFaults.includes(primary(error) ?? -1)

/** `full`: space helps. `io`: the disk itself fails. */
export type FaultKind = 'full' | 'io'
export function faultKind(error: unknown): FaultKind | undefined {
  const found = primary(error)
  if (found === code.full) return 'full'
  return found !== undefined && reopenFaults.includes(found) ? 'io' : undefined
}

/** One sentence for the operator. */
export function faultWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  switch (primary(error)) {
    case code.full:
      return 'The disk is full: free space, and the store goes on by itself.'
    case code.io:
      return `The disk reported an error (${words}): check the disk; the store tries again with the next event.`
    case code.busy:
      return 'Another program holds the database locked: close it, and the store goes on by itself.'
    default:
      return `The database cannot be written (${words}).`
  }
}
