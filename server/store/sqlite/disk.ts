import { rmSync, statfsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

export interface DiskOptions {
  /** Below this many free bytes nothing new is taken. Absent: 5 % of the disk, or 512 MB where that is more. */
  readonly diskReserveBytes?: number
  /** When the ballast file is made, ms after the start. */
  readonly ballastAfterMs?: number
}

const mib = 1024 * 1024
const lookEveryMs = 1000
const usualReserve = { share: 0.05, bytes: 512 * mib }
/** Small disks get a small one. */
const ballast = { bytes: 64 * mib, mostShare: 1 / 8 }

interface Room {
  readonly free: number
  readonly total: number
}

function roomOf(folder: string): Room | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch {
    return undefined // a file system that does not tell is no reason to stop
  }
}

/**
 * Room on the store's disk. Events are refused while there is room left to deliver and forget those that were taken: a full
 * disk refuses even to delete. The ballast file beside the store is given up when the disk is full all the same.
 */
export function createDisk(file: string, { diskReserveBytes, ballastAfterMs = 10_000 }: DiskOptions) {
  const folder = path.dirname(path.resolve(file))
  const weight = `${file}.ballast`
  const sizeOf = (total: number) => Math.min(ballast.bytes, Math.floor(total * ballast.mostShare))
  const reserveOf = (total: number) =>
    diskReserveBytes ?? Math.max(usualReserve.bytes, Math.floor(total * usualReserve.share))
  let looked = -Infinity
  let isShort = false
  /** The disk was full: it takes more than the reserve to go on, for the ballast has to be made again. */
  let wasFull = false
  let timer: NodeJS.Timeout | undefined
  let making: Promise<void> | undefined

  const look = (): void => {
    looked = performance.now()
    const room = roomOf(folder)
    if (!room) return
    const wanted = reserveOf(room.total) + (wasFull ? 2 * sizeOf(room.total) : 0)
    isShort = room.free < wanted
    if (isShort || !wasFull) return
    wasFull = false
    begin()
  }

  function begin(): void {
    making ??= make()
      .catch(() => undefined) // no room for it after all
      .finally(() => (making = undefined))
  }

  /** Written, not only sized: a file of holes holds no room. */
  async function make(): Promise<void> {
    const room = roomOf(folder)
    const size = sizeOf(room?.total ?? 0)
    if (!room || !size || room.free < reserveOf(room.total) + 2 * size) return
    if (statSync(weight, { throwIfNoEntry: false })?.size === size) return
    const handle = await open(weight, 'w', 0o600)
    try {
      const part = Buffer.alloc(Math.min(mib, size))
      for (let written = 0; written < size && timer; written += part.length)
        await handle.write(part.subarray(0, Math.min(part.length, size - written)))
    } finally {
      await handle.close()
    }
  }
  timer = setTimeout(begin, ballastAfterMs).unref()

  return {
    /** May something new be taken? Asked as often as one likes. */
    hasRoom(): boolean {
      if (performance.now() - looked >= lookEveryMs) look()
      return !isShort && !wasFull
    },
    /** The disk refused to write: the ballast goes, so that what was taken can be delivered and forgotten. */
    full(): void {
      wasFull = true
      try {
        rmSync(weight, { force: true }) // at once, or what looks next would take it for a ballast that is there
      } catch {
        // A disk that does not let go of it is as full as before.
      }
      look() // it may have been a limit of the database's own, and the disk has room
    },
    words: (): string =>
      `The disk has too little room: events are refused with 503 until space is freed; those taken before are delivered. See disk_reserve in the settings.`,
    async close(): Promise<void> {
      clearTimeout(timer)
      timer = undefined
      await making
    },
  }
}
export type Disk = ReturnType<typeof createDisk>
