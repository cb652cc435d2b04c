import type { ErrorWords } from './errors.ts'
import type { Births } from './queue.ts'
import { keptFor, startOf, stepMs, type Bucket, type Step } from './series.ts'
import type { Facts } from './tally.ts'

/** A run of steps that rests as one text: minutes by ten, hours by three, so that little is written anew each time. */
export const chunkMs = { minute: 10 * stepMs.minute, hour: 3 * stepMs.hour } as const satisfies Record<Step, number>

export const chunkOf = (step: Step, at: number): number => at - (at % chunkMs[step])

/** Is anything in the chunk still within the time it is kept? */
export const isKept = (step: Step, chunk: number, now: number): boolean =>
  chunk + chunkMs[step] > startOf(step, now) - keptFor[step]

/** What one process left: `chunks` says which texts there are, and how often each was written. */
export interface Head {
  readonly at: number
  readonly facts: Facts
  readonly chunks: Readonly<Record<string, number>>
}

export const writeChunk = (buckets: ReadonlyMap<number, Bucket>, step: Step, chunk: number): string => {
  const own = [...buckets].filter(([at]) => chunkOf(step, at) === chunk)
  return JSON.stringify(Object.fromEntries(own.map(([at, bucket]) => [at, Object.fromEntries(bucket)])))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
}

const numbersIn = (value: unknown): Readonly<Record<string, number>> =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])))
    : {}

/** Begin of a step → its bucket. What is damaged is left out. */
export function readChunk(text: string | undefined): ReadonlyMap<number, Bucket> {
  const value = parse(text)
  if (!isRecord(value)) return new Map()
  return new Map(
    Object.entries(value).flatMap(([at, bucket]) =>
      isRecord(bucket) && Number.isFinite(Number(at))
        ? [[Number(at), new Map(Object.entries(bucket).map(([key, counts]) => [key, numbersIn(counts)]))] as const]
        : [],
    ),
  )
}

/** The head as it was written; undefined: none, or damaged. */
export function readHead(text: string | undefined): Head | undefined {
  const value = parse(text)
  if (!isRecord(value) || typeof value.at !== 'number' || !isRecord(value.facts)) return undefined
  const { facts } = value
  const post = isRecord(facts.refusedPost) ? facts.refusedPost : undefined
  const births = isRecord(facts.births) ? Object.entries(facts.births) : []
  return {
    at: value.at,
    chunks: numbersIn(value.chunks),
    facts: {
      since: typeof facts.since === 'number' ? facts.since : value.at,
      errors: Array.isArray(facts.errors) ? facts.errors.filter(isErrorWords) : [],
      lastSuccess: numbersIn(facts.lastSuccess),
      scripts: numbersIn(facts.scripts),
      pixels: numbersIn(facts.pixels),
      births: Object.fromEntries(births.map(([instance, one]): [string, Births] => [instance, numbersIn(one)])),
      ...(post && typeof post.at === 'number' && typeof post.status === 'number'
        ? {
            refusedPost: {
              at: post.at,
              status: post.status,
              ...(typeof post.origin === 'string' && { origin: post.origin }),
            },
          }
        : {}),
    },
  }
}

const isErrorWords = (value: unknown): value is ErrorWords =>
  isRecord(value) &&
  [value.instance, value.code, value.words].every((text) => typeof text === 'string') &&
  [value.firstAt, value.lastAt].every((at) => typeof at === 'number')
