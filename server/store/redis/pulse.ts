import { randomBytes } from 'node:crypto'
import { PairpixelError } from '../../../shared/errors.ts'
import type { Health } from '../store.ts'
import { type Calls, evaluate, type Shard } from './calls.ts'
import { type Client, mastersOf } from './client.ts'
import { type LeastDurability, promisedBy, type Promised } from './durability.ts'
import { type Fault, faultOf } from './faults.ts'
import { open as openScript } from './scripts.ts'
import { shardCount } from './shards.ts'

/** Changes to what rests in Redis raise it; a newer one is left alone. */
const schema = 1
const fields = ['epoch', 'secret', 'shards', 'schema'] as const
type Meta = readonly [epoch: string | null, secret: string | null, shards: string | null, schema: string | null]

export interface PulseOptions {
  readonly client: Client
  readonly shards: readonly Shard[]
  readonly calls: Calls
  readonly replicas: number
  readonly least?: LeastDurability
  readonly clock: 'redis' | 'caller'
  /** The clock of this process, by which callers tell their times. */
  readonly now: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
  /** The secret under which orders and reservations are hidden, once it is known. */
  readonly onSecret: (secret: string) => void
}

const everyMs = 1000
const troubledMs = 300
/** Another process may be making the store this very moment. */
const settleMs = 400
const checkMs = 60_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Opens the shards, and asks each of them once a second how it is: faults end here, losses are seen here. */
export function createPulse(options: PulseOptions) {
  const { client, shards, calls, log } = options
  const lost: string[] = []
  const emptied = new Set<Shard>()
  let secret: string | undefined
  let promised: Promised = { level: 'unknown', alerts: [] }
  let checkedAt = 0
  let refusal: PairpixelError | undefined
  let stopped = false
  let wake: () => void = () => undefined
  let said: string | undefined
  let refusedUs: Fault | undefined

  const loss = (message: string): void => {
    if (!lost.includes(message)) lost.push(message)
    log({ level: 'error', message })
  }

  const readMeta = async (shard: Shard): Promise<Meta> => (await client.hmget(shard.meta, ...fields)) as unknown as Meta

  const makeShard = async (shard: Shard, hidden: string): Promise<Meta> => {
    const args = [randomBytes(6).toString('base64url'), hidden, shardCount, schema]
    return (await evaluate(client, openScript, shard.meta, args)) as Meta
  }

  /** What cannot be used as it is stays untouched, and nothing goes in. */
  const checkMeta = ([, , count, version]: Meta): void => {
    if (Number(version) > schema)
      refusal = new PairpixelError('STORE_NEWER', 'The store in Redis was written by a newer version of this program.')
    else if (Number(count) !== shardCount)
      refusal = new PairpixelError('CONFIG_INVALID', `The store in Redis has ${count} shards, not ${shardCount}.`)
  }

  const adopt = (shard: Shard, [epoch, hidden]: Meta): void => {
    shard.epoch = epoch ?? undefined
    shard.made = 0
    if (!hidden || secret) return
    secret = hidden
    options.onSecret(hidden)
  }

  /** The shards this process does not know yet. */
  async function open(): Promise<void> {
    const unopened = shards.filter(({ epoch }) => epoch === undefined)
    if (!unopened.length || refusal) return
    let metas = await Promise.all(unopened.map(readMeta))
    const isKnown = () => secret !== undefined || metas.some(([epoch]) => epoch)
    if (isKnown() && metas.some(([epoch]) => !epoch)) {
      await wait(settleMs)
      metas = await Promise.all(unopened.map(readMeta))
    }
    metas.filter(([epoch]) => epoch).forEach(checkMeta)
    if (refusal) return
    const wasKnown = isKnown()
    let hidden = secret ?? metas.find(([, found]) => found)?.[1] ?? undefined
    // The first shard decides between two processes that make a store at the same time.
    if (hidden === undefined && unopened[0])
      hidden = (await makeShard(unopened[0], randomBytes(32).toString('base64url')))[1] ?? undefined
    if (hidden === undefined) return
    const missing = metas.filter(([epoch]) => !epoch).length
    for (const shard of unopened) adopt(shard, await makeShard(shard, hidden))
    const gone = Math.max(wasKnown ? missing : 0, emptied.size)
    emptied.clear()
    if (gone)
      loss(`Redis lost ${gone} of ${shardCount} parts of the store: what waited in them is gone. New events are taken.`)
  }

  async function check(): Promise<void> {
    if (Date.now() - checkedAt < checkMs) return
    const version = /redis_version:(\d+)/.exec(await client.info('server'))?.[1]
    if (version && Number(version) < 7)
      refusal = new PairpixelError('CONFIG_INVALID', `The store needs Redis 7 or newer; this is ${version}.`)
    promised = await promisedBy(mastersOf(client), options.replicas, options.least)
    checkedAt = Date.now()
    for (const message of promised.alerts) log({ level: 'warn', message })
  }

  /** A shard in trouble must also take a write before it counts as well. */
  async function beatOne(shard: Shard): Promise<Fault | undefined> {
    try {
      const sentAt = options.now()
      const at = Number(await calls.ask(shard, shard.fault ? 'beat' : 'pulse'))
      if (options.clock === 'redis') shard.offset = Math.round(at - (sentAt + options.now()) / 2)
      return undefined
    } catch (error) {
      const fault = refusedUs ?? faultOf(error) ?? { kind: 'away', why: 'Redis does not answer as it should.' }
      // Forgotten, it is opened anew: by then it is seen to be empty.
      if (error instanceof Error && error.message.startsWith('EPOCH')) {
        shard.epoch = undefined
        emptied.add(shard)
      }
      if (fault.kind === 'away') checkedAt = 0
      return fault
    }
  }

  const tell = (): void => {
    const why = health().why
    if (why === said) return
    said = why
    log(why === undefined ? { message: 'The store in Redis is well.' } : { level: 'error', message: why })
  }

  async function beat(): Promise<void> {
    try {
      await open()
      if (!refusal) await check()
    } catch (error) {
      const fault = refusedUs ??
        faultOf(error) ?? { kind: 'away', why: error instanceof Error ? error.message : String(error) }
      for (const shard of shards) if (shard.epoch === undefined) shard.fault = fault
    }
    const opened = shards.filter(({ epoch }) => epoch !== undefined)
    const faults = await Promise.all(opened.map(beatOne))
    // All at once: a store of which one part alone is well would be called ready a moment too early.
    opened.forEach((shard, index) => (shard.fault = faults[index]))
    if (!stopped) tell()
  }

  /** Sleeps, or until a connection is there. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  client.on('ready', () => {
    refusedUs = undefined
    wake()
  })
  /** Commands are only told that there is no connection; why there is none is told here. */
  client.on('error', (error: Error & { lastNodeError?: Error }) => {
    const fault = faultOf(error.lastNodeError ?? error)
    if (fault && !fault.why.includes('reached')) refusedUs = fault
  })

  async function loop(): Promise<void> {
    while (!stopped) {
      await rest(shards.some(({ fault }) => fault) ? troubledMs : everyMs)
      if (!stopped) await beat()
    }
  }

  function health(): Health {
    const ill = shards.filter(({ fault }) => fault)
    const refused = refusal?.message ?? promised.refused
    const why = refused ?? ill[0]?.fault?.why
    return {
      writable: !refused && ill.length < shards.length,
      durability: promised.level,
      ...(why !== undefined && { why }),
      alerts: [
        ...lost,
        ...promised.alerts,
        ...(ill.length && ill.length < shards.length
          ? [`${ill.length} of ${shardCount} parts cannot be written.`]
          : []),
      ],
    }
  }

  return {
    health,
    loss,
    /** Something is wrong: look at once. */
    hurry: () => wake(),
    /** Why the store is not used although it is there; undefined: it is. */
    refused: (): PairpixelError | undefined =>
      refusal ?? (promised.refused ? new PairpixelError('CONFIG_INVALID', promised.refused) : undefined),
    /** Tries for a moment, then goes on trying by itself. */
    async start(forMs: number): Promise<void> {
      const end = Date.now() + forMs
      await beat()
      while (!refusal && shards.some(({ fault }) => fault) && Date.now() < end) {
        await rest(100)
        await beat()
      }
      void loop()
    },
    stop(): void {
      stopped = true
      wake()
    },
  }
}
