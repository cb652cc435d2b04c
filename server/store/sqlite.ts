import { PairpixelError } from '../../shared/errors.ts'
import { addErased, type Erased, nothingErased } from './people.ts'
import type { Checkpoint, Command, ErasePlace, Query, SentSettlement } from './sqlite/commands.ts'
import { createDisk, type DiskOptions } from './sqlite/disk.ts'
import { packExplanation } from './sqlite/explained.ts'
import { createGroup, type Parcel } from './sqlite/group.ts'
import { lock, prepareFile } from './sqlite/lock.ts'
import { createRevivable, createThread, startWorker } from './sqlite/thread.ts'
import type { ThreadOptions } from './sqlite/thread-main.ts'
import type {
  AppendResult,
  Claim,
  Counts,
  Ended,
  Ending,
  EventRow,
  Health,
  Lent,
  NewCopy,
  Settlement,
  Store,
} from './store.ts'

export interface SqliteOptions extends DiskOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  /** OFF: an acknowledged copy can be lost with the power. For the test that shows what FULL is for. */
  readonly synchronous?: 'FULL' | 'OFF'
  /** How long to wait for another program that holds the database locked. */
  readonly busyTimeoutMs?: number
  /** The database never grows past this many pages (4 KiB): writes then fail as on a full disk. */
  readonly maxPages?: number
  /** Copies are refused while more text than this waits for the disk: memory must not grow with its silence. */
  readonly mostWaitingChars?: number
  /** Beside a collector that works on the file: to look, and to set ended deliveries going again. It may not claim. */
  readonly beside?: boolean
  /** The disk failed for the third time within a minute: opening the file anew does not mend it. */
  readonly onBroken?: (why: string) => void
  /** Starts the threads; a test may keep a hand on them. */
  readonly startWorker?: typeof startWorker
}

/** Ended deliveries in one answer of the reading thread, which answers others in between. */
const endingsAtOnce = 5000

const parcelOf = (command: Command | Checkpoint): Parcel => ({
  command: JSON.stringify(command),
  bodies: [],
  weight: 1,
})

/** Undefined: it cannot be written down, so it cannot be kept. */
function packCopy({ event, eventText, ...copy }: NewCopy): { text: string; body?: string } | undefined {
  try {
    const body = eventText ?? (event && JSON.stringify(event))
    return { text: JSON.stringify(body === undefined ? copy : { ...copy, hasBody: true }), body }
  } catch {
    return undefined
  }
}

/** Copies as one command. Nothing of them but text is kept while they wait for the disk. */
function packCopies(copies: readonly NewCopy[]): { readonly parcel: Parcel; readonly isGood: readonly boolean[] } {
  const texts: string[] = []
  const bodies: string[] = []
  const isGood = copies.map((copy) => {
    const packed = packCopy(copy)
    if (packed) texts.push(packed.text)
    if (packed?.body !== undefined) bodies.push(packed.body)
    return packed !== undefined
  })
  return { parcel: { command: `{"do":"append","copies":[${texts.join()}]}`, bodies, weight: texts.length }, isGood }
}

/** Explanations as the texts they rest in: nobody has to read them on the way. */
function packSettlements(token: string, results: readonly Settlement[], now: number): Parcel {
  const bodies = results.flatMap(({ explanation }) => (explanation ? packExplanation(explanation) : []))
  const sent = results.map(({ explanation, ...result }): SentSettlement =>
    explanation ? { ...result, isExplained: true } : result,
  )
  return { ...parcelOf({ do: 'settle', token, results: sent, now }), bodies }
}

/** The embedded store: one file, one writing thread, one reading thread; an append that resolved is on disk. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { path, synchronous = 'FULL', busyTimeoutMs = 5000, maxPages, mostWaitingChars = 64 * 1024 * 1024 } = options
  const inMemory = path === ':memory:'
  const held = inMemory ? undefined : hold(path, options.beside)
  const isBeside = !inMemory && held === undefined
  const start = (role: ThreadOptions['role']) =>
    createThread((options.startWorker ?? startWorker)({ role, path, synchronous, busyTimeoutMs, maxPages, isBeside }))

  const first = await start('write').catch((error: unknown) => {
    held?.release()
    throw error
  })
  const writer = createRevivable(() => {
    if (!inMemory) return start('write')
    // What was in memory died with its thread; an empty store in its place would hide that.
    return Promise.reject(new PairpixelError('STORE_UNAVAILABLE', 'The store in memory is lost; start again.'))
  }, first)
  const reader = inMemory ? undefined : createRevivable(() => start('read'))

  let fault: string | undefined
  let closing: Promise<void> | undefined
  const disk = inMemory ? undefined : createDisk(path, options)
  const noteBroken = createBroken(options.onBroken)
  const writes = createGroup(writer, (heard, kind) => {
    fault = heard
    if (heard === undefined) journal.wrote()
    if (kind === 'full') disk?.full()
    if (kind === 'io' && heard !== undefined) noteBroken(heard)
  })
  const reads = reader ? createGroup(reader, () => undefined) : writes

  const journal = createJournalWatch(async () => {
    if (reader && !isBeside && !closing) await reads.push(parcelOf({ do: 'checkpoint' }))
  })

  const send = async (group: typeof writes, parcel: Parcel): Promise<unknown> => {
    if (closing) throw new PairpixelError('STORE_UNAVAILABLE', 'The store is closed.')
    return JSON.parse(await group.push(parcel)) as unknown
  }
  // Each answer has the type the contract gives its command: thread-main.ts answers with the same functions' results.
  const write = (command: Command) => send(writes, parcelOf(command))
  const read = (query: Query) => send(reads, parcelOf(query))

  const append = async (copies: readonly NewCopy[]): Promise<readonly AppendResult[]> => {
    if (writes.waitingChars() > mostWaitingChars || disk?.hasRoom() === false) return copies.map(() => 'failed')
    const { parcel, isGood } = packCopies(copies)
    const failed = () => isGood.filter(Boolean).map((): AppendResult => 'failed')
    const results = (await send(writes, parcel).catch(failed)) as AppendResult[]
    let used = 0
    return isGood.map((good) => (good ? results[used++]! : 'failed'))
  }

  const close = async (): Promise<void> => {
    await writes.drained()
    await reads.drained()
    await disk?.close()
    await reader?.end() // first, so that the writer can empty its journal
    await writer.end()
    held?.release()
  }

  return {
    append,
    prove: (site, name, eventId, fired, now) =>
      write({ do: 'prove', site, name, eventId, fired, now }) as Promise<boolean>,
    claim: (instance, limit, leaseMs, now) => write({ do: 'claim', instance, limit, leaseMs, now }) as Promise<Claim>,
    renew: (token, leaseMs, now) => write({ do: 'renew', token, leaseMs, now }) as Promise<boolean>,
    stillMine: (token, now) => write({ do: 'stillMine', token, now }) as Promise<boolean>,
    reserve: (token, reservations, now) =>
      write({ do: 'reserve', token, reservations, now }) as Promise<readonly number[]>,
    settle: (token, results, now) => send(writes, packSettlements(token, results, now)) as Promise<boolean>,
    async removeInstances(known, now) {
      let removed = 0
      for (let n = 1; n > 0; removed += n) n = (await write({ do: 'removeInstances', known, now })) as number
      return removed
    },
    remember: (sightings, now) => write({ do: 'remember', sightings, now }) as Promise<void>,
    // An answer that is JSON has null where nothing is known.
    recall: async (hints) =>
      ((await read({ do: 'recall', hints })) as (Lent | null)[]).map((lent) => lent ?? undefined),
    forget: (site, visitor) => write({ do: 'forget', site, visitor }) as Promise<number>,
    revoke: (site, visitor, now) => write({ do: 'revoke', site, visitor, now }) as Promise<number>,
    ended: (filter, limit, after = 0) => read({ do: 'ended', filter, limit, after }) as Promise<readonly Ended[]>,
    async *endings() {
      for (let after = 0; ;) {
        const portion = (await read({ do: 'endings', limit: endingsAtOnce, after })) as readonly Ending[]
        if (portion.length) yield portion
        if (portion.length < endingsAtOnce) return
        after = portion.at(-1)!.delivery
      }
    },
    discard: (deliveries, why) => write({ do: 'discard', deliveries, why }) as Promise<number>,
    replay: (deliveries, { forced }, now) => write({ do: 'replay', deliveries, forced, now }) as Promise<number>,
    async erase(person, now) {
      let sum = nothingErased
      for (let at: ErasePlace | undefined = { in: 'names', after: 0 }; at;) {
        const part = (await write({ do: 'erase', person, at, now })) as { erased: Erased; next?: ErasePlace }
        sum = addErased(sum, part.erased)
        at = part.next
      }
      // Out of the journal too.
      await write({ do: 'shrink' })
      return sum
    },
    readmit: (person) => write({ do: 'readmit', person }) as Promise<number>,
    note: (name, text) => write({ do: 'note', name, text }) as Promise<void>,
    noted: async (name) => ((await read({ do: 'noted', name })) as string | null) ?? undefined,
    recent: (filter) => read({ do: 'recent', filter }) as Promise<readonly EventRow[]>,
    counts: () => read({ do: 'counts' }) as Promise<Counts>,
    health: (): Health => {
      const short = disk?.hasRoom() === false ? disk.words() : undefined
      const why = fault ?? short
      return {
        writable: why === undefined && closing === undefined,
        durability: inMemory || synchronous === 'OFF' ? 'memory' : 'fsync',
        ...(why !== undefined && { why }),
        ...(short !== undefined && { disk: short }),
      }
    },
    async tidy(now) {
      while (await write({ do: 'tidy', now }));
      await write({ do: 'shrink' })
    },
    close: () => (closing ??= close()),
  }
}

/** Transactions after which it is worth while to copy from the journal. */
const copiedAfter = 32

/** Has the journal copied now and then, one time after the other. A failure is no loss: the writer does it in the end. */
function createJournalWatch(copy: () => Promise<void>): { wrote(): void } {
  let transactions = 0
  let isCopying = false
  const done = (): void => void (isCopying = false)
  return {
    wrote() {
      if (++transactions < copiedAfter || isCopying) return
      transactions = 0
      isCopying = true
      copy().then(done, done)
    },
  }
}

/** Tells of the third I/O fault within a minute, once. */
function createBroken(onBroken: (why: string) => void = () => undefined): (why: string) => void {
  let faults: number[] = []
  return (why) => {
    const now = performance.now()
    faults = [...faults.filter((at) => now - at < 60_000), now]
    if (faults.length === 3) onBroken(why)
  }
}

/** @param orBeside another process may hold it: undefined then */
function hold(path: string, orBeside = false): ReturnType<typeof lock> | undefined {
  try {
    prepareFile(path)
    return lock(path)
  } catch (cause) {
    if (orBeside && cause instanceof PairpixelError && cause.code === 'STORE_LOCKED') return undefined
    if (cause instanceof PairpixelError) throw cause
    const words = cause instanceof Error ? cause.message : String(cause)
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new PairpixelError(
        'CONFIG_INVALID',
        `The store ${path} cannot be written by this user (${code}): give the folder to the user that runs the collector, or name another in the setting store.`,
        { cause },
      )
    throw new PairpixelError('STORE_UNAVAILABLE', `The store ${path} cannot be opened: ${words}`, { cause })
  }
}
