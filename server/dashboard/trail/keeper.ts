import { dayMs } from '../../../shared/limits.ts'
import type { Store } from '../../store/store.ts'
import type { Bucket, Step } from './series.ts'
import type { Tally } from './tally.ts'
import { chunkOf, isKept, readChunk, readHead, writeChunk, type Head } from './text.ts'

type Notes = Pick<Store, 'note' | 'noted'>

/** All processes that ever kept a trail on this store. */
const listName = 'trail'
const headName = (id: string): string => `trail ${id}`
const chunkName = (id: string, name: string): string => `trail ${id} ${name}`
/** A process that has not written for so long is gone, and its texts with it. */
const goneMs = 8 * dayMs
const steps = ['minute', 'hour'] as const

const readName = (name: string): { readonly step: Step; readonly chunk: number } => ({
  step: name.startsWith('m') ? 'minute' : 'hour',
  chunk: Number(name.slice(1)),
})
const nameOf = (step: Step, chunk: number): string => `${step === 'minute' ? 'm' : 'h'}${chunk}`

/** What another process left, as it was last read. */
export interface Other {
  readonly head: Head
  readonly minute: ReadonlyMap<number, Bucket>
  readonly hour: ReadonlyMap<number, Bucket>
}

/** Keeps a tally in the store's notes, and reads those of other processes beside it. @param id of this process */
export function createKeeper(notes: Notes, id: string, tally: Tally) {
  const chunks = new Map<string, number>()
  const othersSeen = new Map<string, Map<string, { version: number; buckets: ReadonlyMap<number, Bucket> }>>()

  const list = async (): Promise<Record<string, number>> => {
    const { chunks: found } = readHead(await notes.noted(listName)) ?? { chunks: {} }
    return { ...found }
  }

  async function drop(gone: string): Promise<void> {
    const head = readHead(await notes.noted(headName(gone)))
    for (const name of Object.keys(head?.chunks ?? {})) await notes.note(chunkName(gone, name), undefined)
    await notes.note(headName(gone), undefined)
  }

  /** Writers stand in one list, as a head without facts; who finds itself missing puts itself there again. */
  async function enlist(now: number): Promise<void> {
    const known = await list()
    const gone = Object.keys(known).filter((one) => one !== id && now - (known[one] ?? 0) > goneMs)
    if (known[id] !== undefined && now - known[id] < dayMs && !gone.length) return
    for (const one of gone) await drop(one)
    const kept = Object.entries(known).filter(([one]) => !gone.includes(one))
    const next = { at: now, facts: {}, chunks: { ...Object.fromEntries(kept), [id]: now } }
    await notes.note(listName, JSON.stringify(next))
  }

  return {
    /** What an earlier run of this process left goes into the tally. */
    async load(now: number): Promise<void> {
      const head = readHead(await notes.noted(headName(id)))
      if (!head) return
      tally.restore(head.facts)
      for (const [name, version] of Object.entries(head.chunks)) {
        const { step, chunk } = readName(name)
        chunks.set(name, version)
        if (!isKept(step, chunk, now)) continue
        const buckets = readChunk(await notes.noted(chunkName(id, name)))
        for (const [at, bucket] of buckets) tally.series.merge(step, at, bucket)
      }
      for (const step of steps) tally.series.changed(step) // it is written as it is
      tally.prune(now)
    },

    /** Writes what changed since the last time. */
    async save(now: number): Promise<void> {
      tally.prune(now)
      for (const step of steps)
        for (const chunk of new Set(tally.series.changed(step).map((at) => chunkOf(step, at)))) {
          const name = nameOf(step, chunk)
          if (!isKept(step, chunk, now)) continue
          await notes.note(chunkName(id, name), writeChunk(tally.series[step], step, chunk))
          chunks.set(name, (chunks.get(name) ?? 0) + 1)
        }
      for (const name of chunks.keys()) {
        const { step, chunk } = readName(name)
        if (isKept(step, chunk, now)) continue
        await notes.note(chunkName(id, name), undefined)
        chunks.delete(name)
      }
      const head: Head = { at: now, facts: tally.facts(now), chunks: Object.fromEntries(chunks) }
      await notes.note(headName(id), JSON.stringify(head))
      await enlist(now)
    },

    /** What the other processes on this store have counted; a text that was read and has not changed is not read again. */
    async others(now: number): Promise<readonly Other[]> {
      const ids = Object.keys(await list()).filter((one) => one !== id)
      for (const known of othersSeen.keys()) if (!ids.includes(known)) othersSeen.delete(known)
      const found: Other[] = []
      for (const other of ids) {
        const head = readHead(await notes.noted(headName(other)))
        if (!head) continue
        const seen =
          othersSeen.get(other) ?? new Map<string, { version: number; buckets: ReadonlyMap<number, Bucket> }>()
        othersSeen.set(other, seen)
        for (const name of seen.keys()) if (head.chunks[name] === undefined) seen.delete(name)
        const both: Record<Step, Map<number, Bucket>> = { minute: new Map(), hour: new Map() }
        for (const [name, version] of Object.entries(head.chunks)) {
          const { step, chunk } = readName(name)
          if (!isKept(step, chunk, now)) continue
          let known = seen.get(name)
          if (known?.version !== version) {
            known = { version, buckets: readChunk(await notes.noted(chunkName(other, name))) }
            seen.set(name, known)
          }
          for (const [at, bucket] of known.buckets) both[step].set(at, bucket)
        }
        found.push({ head, ...both })
      }
      return found
    },
  }
}
