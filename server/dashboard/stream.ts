import type { Response } from 'express'
import type { RowView, Totals } from './view.ts'

export interface Snapshot {
  readonly rows: readonly RowView[]
  readonly totals: Totals
}

/** Who listens. */
export interface Listening {
  /** Has its session ended? Then it hears no more. */
  readonly isIn: () => boolean
}

interface Listener extends Listening {
  readonly response: Response
  /** What this listener has, as text by key, so that it gets only what changed. */
  sent: ReadonlyMap<string, string>
}

export interface StreamDeps {
  /** @param limit so many of the newest rows */
  readonly read: (limit: number) => Promise<Snapshot>
  /** Pause between two readings of the rows. */
  readonly pollMs: number
}

const heartbeatMs = 15_000
/** Most often the newest rows are looked at; all that the page shows when somebody comes, and now and then. */
const rowsRead = { usual: 200, most: 500, everyTicks: 10 } as const
/** What a listener has of rows is remembered for so many. */
const mostSent = 1000
const totalsKey = 'totals'

/**
 * Server-sent events to every open page: `events`, `counts`, and `trouble` where the store cannot be read. It is read while
 * someone listens, and by one loop however many do. What else a view shows it asks for itself when it hears of a change.
 */
export function createStream({ read, pollMs }: StreamDeps) {
  const listeners = new Set<Listener>()
  let reading = false
  let timer: NodeJS.Timeout | undefined
  let ticks = 0

  const tick = async () => {
    if (reading) return // the one under way reschedules itself
    reading = true
    clearTimeout(timer)
    for (const { response, isIn } of listeners) if (!isIn()) response.end()
    try {
      const isFull = ticks++ % rowsRead.everyTicks === 0
      const parts = asParts(await read(isFull ? rowsRead.most : rowsRead.usual))
      for (const listener of listeners) update(listener, parts)
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
