import type { Response } from 'express'
import type { Overview, Range } from './shapes.ts'
import type { RowView, Totals } from './view.ts'

export interface Snapshot {
  readonly rows: readonly RowView[]
  readonly totals: Totals
}

/** Who listens, and for what. */
export interface Listening {
  /** Has its session ended? Then it hears no more. */
  readonly isIn: () => boolean
  /** Of the overview; rows and totals are of all sites. */
  readonly range: Range
  readonly site?: string
}

interface Listener extends Listening {
  readonly response: Response
  /** What this listener has, as text by key, so that it gets only what changed. */
  sent: ReadonlyMap<string, string>
}

export interface StreamDeps {
  /** @param limit so many of the newest rows */
  readonly read: (limit: number) => Promise<Snapshot>
  readonly overview: (range: Range, site?: string) => Promise<Overview>
  /** Pause between two readings of the rows. */
  readonly pollMs: number
  /** Pause between two overviews. */
  readonly overviewMs: number
}

const heartbeatMs = 15_000
/** Most often the newest rows are looked at; all that the page shows when somebody comes, and now and then. */
const rowsRead = { usual: 200, most: 500, everyTicks: 10 } as const
/** What a listener has of rows is remembered for so many. */
const mostSent = 1000
const totalsKey = 'totals'

/**
 * Server-sent events to every open page: `events`, `counts`, `overview`, and `trouble` where the store cannot be read. It is
 * read while someone listens, and by one loop however many do.
 */
export function createStream({ read, overview, pollMs, overviewMs }: StreamDeps) {
  const listeners = new Set<Listener>()
  let reading = false
  let timer: NodeJS.Timeout | undefined
  let ticks = 0
  const overviewEvery = Math.max(1, Math.round(overviewMs / pollMs))

  const tick = async () => {
    if (reading) return // the one under way reschedules itself
    reading = true
    clearTimeout(timer)
    for (const { response, isIn } of listeners) if (!isIn()) response.end()
    try {
      const isFull = ticks % rowsRead.everyTicks === 0
      const parts = asParts(await read(isFull ? rowsRead.most : rowsRead.usual))
      for (const listener of listeners) update(listener, parts)
      if (ticks++ % overviewEvery === 0) await tellOverviews(listeners, overview)
    } catch {
      for (const { response } of listeners)
        if (!response.writableEnded) say(response, 'trouble', '{"message":"The store cannot be read just now."}')
    }
    reading = false
    if (listeners.size) timer = setTimeout(() => void tick(), pollMs).unref()
  }

  return (response: Response, listening: Listening): void => {
    const listener: Listener = { ...listening, response, sent: new Map() }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    response.write('retry: 1000\n\n')
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs).unref()
    listeners.add(listener)
    response.on('close', () => {
      clearInterval(heartbeat)
      listeners.delete(listener)
      if (!listeners.size) clearTimeout(timer)
    })
    ticks = 0 // who comes gets all there is with the next reading
    void tick()
  }
}

/** One overview for all who listen for the same. */
async function tellOverviews(listeners: ReadonlySet<Listener>, overview: StreamDeps['overview']): Promise<void> {
  const texts = new Map<string, Promise<string>>()
  for (const { response, range, site } of listeners) {
    if (response.writableNeedDrain || response.writableEnded) continue
    const key = JSON.stringify([range, site])
    const text = texts.get(key) ?? overview(range, site).then((one) => JSON.stringify(one))
    texts.set(key, text)
    const json = await text
    if (!response.writableEnded) say(response, 'overview', json)
  }
}

function asParts({ rows, totals }: Snapshot): ReadonlyMap<string, string> {
  const parts = new Map(rows.map((row) => [JSON.stringify([row.site, row.name, row.eventId]), JSON.stringify(row)]))
  // The clock moves with every reading and is no news.
  return parts.set(totalsKey, JSON.stringify({ ...totals, at: undefined }))
}

function update(listener: Listener, parts: ReadonlyMap<string, string>) {
  const { response, sent } = listener
  // A reader that cannot keep up gets the difference later, not a growing backlog.
  if (response.writableNeedDrain || response.writableEnded) return
  const changed = [...parts].filter(([key, text]) => sent.get(key) !== text)
  const rows = changed.flatMap(([key, text]) => (key === totalsKey ? [] : [text]))
  // The first message is sent even when it is empty: the page then knows that there is nothing yet.
  if (rows.length || !sent.size) say(response, 'events', `[${rows.join(',')}]`)
  if (rows.length < changed.length) say(response, 'counts', parts.get(totalsKey)!)
  const older = [...sent].filter(([key]) => !parts.has(key)).slice(0, Math.max(0, mostSent - parts.size))
  listener.sent = older.length ? new Map([...parts, ...older]) : parts
}

const say = (response: Response, event: string, json: string) => response.write(`event: ${event}\ndata: ${json}\n\n`)
