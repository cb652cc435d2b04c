import { PairpixelError } from '../../../shared/errors.ts'
import type { Client } from './client.ts'
import { type Fault, faultOf } from './faults.ts'
import { type Script, scripts, type ScriptName } from './scripts.ts'

type Arg = string | number

/** One of the store's sixteen parts as this process knows it. */
export interface Shard {
  readonly index: number
  /** `{tag}m`. */
  readonly meta: string
  /** Undefined: not opened yet. */
  epoch: string | undefined
  fault: Fault | undefined
  /** Redis' clock less ours, ms. */
  offset: number
  /** Events this process has seen made: fewer later mean that Redis went back in time. */
  made: number
}

/** What gets nothing out of the store, and so waits while it is full. */
const takesIn: readonly ScriptName[] = ['append', 'alias', 'early', 'visit']
/** What must be with the replicas before it counts. */
const keeps: readonly ScriptName[] = ['append', 'change', 'alias', 'early', 'visit', 'reserve']

export interface Calls {
  /** Runs a script on a shard. Rejects STORE_UNAVAILABLE, at once where the shard is known to be away. */
  run(shard: Shard, name: ScriptName, now: number, ...args: readonly Arg[]): Promise<unknown>
  /** The same for the pulse: it asks whatever is known, and rejects with Redis' own words. */
  ask(shard: Shard, name: ScriptName): Promise<unknown>
}

export interface CallOptions {
  /** `caller`: the times callers pass are the store's. For tests that let time pass at will. */
  readonly clock: 'redis' | 'caller'
  readonly replicas: number
  readonly noteFault: (shard: Shard, fault: Fault) => void
}

const unavailable = (why: string, cause?: unknown) => new PairpixelError('STORE_UNAVAILABLE', why, { cause })

/** By its digest; by its text where Redis does not know it yet. */
export async function evaluate(client: Client, { sha, text }: Script, key: string, args: readonly Arg[]) {
  try {
    return await client.evalsha(sha, 1, key, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.eval(text, 1, key, ...args)
  }
}

/** As `evaluate`, and resolves once so many replicas have it: on one connection, or the answer would be about another's. */
async function replicated(client: Client, { sha, text }: Script, key: string, args: readonly Arg[], replicas: number) {
  const ask = (pipeline: ReturnType<Client['pipeline']>) => pipeline.call('WAIT', replicas, 1000).exec()
  let answers = await ask(client.pipeline().evalsha(sha, 1, key, ...args))
  if (answers?.[0]?.[0]?.message.startsWith('NOSCRIPT'))
    answers = await ask(client.pipeline().eval(text, 1, key, ...args))
  const [answer, waited] = answers ?? []
  const error = answer?.[0] ?? waited?.[0]
  if (error) throw error
  if (Number(waited?.[1]) < replicas) throw new Error('NOREPLICAS fewer replicas than asked for have it')
  return answer?.[1]
}

/** Scripts on shards: epoch and time put before their arguments, faults noted, what is away not asked again. */
export function createCalls(client: Client, { clock, replicas, noteFault }: CallOptions): Calls {
  const send = (shard: Shard, name: ScriptName, now: number, args: readonly Arg[]): Promise<unknown> => {
    const all = [shard.epoch ?? '', now, ...args]
    const waits = replicas > 0 && keeps.includes(name)
    return waits
      ? replicated(client, scripts[name], shard.meta, all, replicas)
      : evaluate(client, scripts[name], shard.meta, all)
  }
  return {
    async run(shard, name, now, ...args) {
      const { fault } = shard
      if (fault?.kind === 'away' || (fault && takesIn.includes(name))) throw unavailable(fault.why)
      if (shard.epoch === undefined) throw unavailable('Redis was not reached yet.')
      try {
        return await send(shard, name, clock === 'redis' ? 0 : now, args)
      } catch (error) {
        const found = faultOf(error)
        if (found) noteFault(shard, found)
        const words = error instanceof Error ? error.message : String(error)
        throw error instanceof PairpixelError ? error : unavailable(found?.why ?? `Redis refused this: ${words}`, error)
      }
    },
    ask: (shard, name) => send(shard, name, 0, []),
  }
}
