import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** So many starts that ended in a crash, in so long, and the next one delivers nothing (docs/delivery.md). */
const most = 5
const withinMs = 300_000

export interface CrashGuard {
  /** The last starts all ended in crashes: take events, and leave alone what may have been the cause. */
  readonly isDegraded: boolean
  /** This start ended as it should: the count begins anew. */
  endedWell(): void
  /** This start was refused with an error, so it was no crash: the count is what it was. */
  refused(): void
}

/** Path of a store that is a file; undefined: it has none, and so nothing to count beside it. */
export const fileOf = (store: string): string | undefined => /^sqlite:(.+)$/.exec(store)?.[1]

/**
 * Counts starts in a small file beside the store: one that ended well takes the file away. An entry of the future (the clock
 * was set) does not count. A folder that cannot be written is no fault here, the store will tell it better.
 */
export function guardStarts(store: string, now: number): CrashGuard {
  const file = fileOf(store)
  if (file === undefined) return { isDegraded: false, endedWell: () => undefined, refused: () => undefined }
  const counted = `${file}.starts`
  const starts = readStarts(counted).filter((at) => at <= now && now - at < withinMs)
  const write = (list: readonly number[]) => {
    try {
      writeFileSync(counted, JSON.stringify(list), { mode: 0o600 })
    } catch {
      // Said above.
    }
  }
  write([...starts, now].slice(-2 * most))
  return {
    isDegraded: starts.length >= most,
    endedWell: () => rmSync(counted, { force: true }),
    refused: () => write(starts),
  }
}

function readStarts(file: string): readonly number[] {
  try {
    const given = JSON.parse(readFileSync(file, 'utf8')) as unknown
    return Array.isArray(given) ? given.filter((at): at is number => Number.isFinite(at)) : []
  } catch {
    return []
  }
}
