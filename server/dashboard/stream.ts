import type { Response } from 'express'
import type { RowView, Totals } from './view.ts'

export interface Snapshot {
  readonly rows: readonly RowView[]
  readonly totals: Totals
}

interface Listener {
  readonly response: Response
  /** What this listener has, as text by key, so that it gets only what changed. */
  sent: ReadonlyMap<string, string>
}

const heartbeatMs = 15_000
const totalsKey = 'totals'

/**
 * Server-sent events to every open page. The store is read while someone listens, and by one loop however many do.
 * @param everyMs pause between two readings
 */
export function createStream(read: () => Promise<Snapshot>, everyMs: number): (response: Response) => void {
  const listeners = new Set<Listener>()
  let reading = false
  let timer: NodeJS.Timeout | undefined

  const tick = async () => {
    if (reading) return // the one under way reschedules itself
    reading = true
    clearTimeout(timer)
    try {
      const parts = asParts(await read())
      for (const listener of listeners) update(listener, parts)
    } catch {
      for (const { response } of listeners) say(response, 'trouble', '{"message":"The store cannot be read just now."}')
    }
    reading = false
    if (listeners.size) timer = setTimeout(() => void tick(), everyMs).unref()
  }

  return (response) => {
    const listener: Listener = { response, sent: new Map() }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    response.write('retry: 1000\n\n')
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs).unref()
    listeners.add(listener)
    response.on('close', () => {
      clearInterval(heartbeat)
      listeners.delete(listener)
      if (!listeners.size) clearTimeout(timer)
    })
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
  listener.sent = parts
}

const say = (response: Response, event: string, json: string) => response.write(`event: ${event}\ndata: ${json}\n\n`)
