import type { Row, Totals } from './types.ts'
import { keyOf } from './types.ts'

export interface FeedState {
  readonly kind: 'live' | 'away' | 'trouble'
  readonly words: string
}

const mostRows = 500

/** What the stream has told so far: the newest events and the totals. */
export const feed = {
  rows: new Map<string, Row>(),
  totals: undefined as Totals | undefined,
  /** Has it told anything yet? Until then nobody knows whether there are events. */
  hasTold: false,
  state: { kind: 'away', words: 'Connecting' } as FeedState,
  /** Called after each message; the rows are those that came or changed. */
  heard: (_rows: readonly Row[]): void => undefined,
  lost: (): void => undefined,
}

let stream: EventSource | undefined

/** Listens until `hangUp`; a lost connection is tried again by the browser. */
export function listen() {
  hangUp()
  feed.hasTold = false
  stream = new EventSource('/admin/api/stream')
  stream.addEventListener('events', (message: MessageEvent<string>) => {
    const rows = JSON.parse(message.data) as Row[]
    for (const row of rows) feed.rows.set(keyOf(row), row)
    keepNewest(feed.rows, mostRows)
    tell({ kind: 'live', words: 'Live' }, rows)
    feed.hasTold = true
  })
  stream.addEventListener('counts', (message: MessageEvent<string>) => {
    feed.totals = JSON.parse(message.data) as Totals
    tell({ kind: 'live', words: 'Live' })
  })
  stream.addEventListener('trouble', (message: MessageEvent<string>) =>
    tell({ kind: 'trouble', words: (JSON.parse(message.data) as { readonly message: string }).message }),
  )
  stream.addEventListener('error', () => {
    tell({ kind: 'away', words: 'Connection lost, trying again' })
    feed.lost()
  })
}

export function hangUp() {
  stream?.close()
  stream = undefined
}

function tell(state: FeedState, rows: readonly Row[] = []) {
  feed.state = state
  feed.heard(rows)
}

export const newestFirst = (rows: Iterable<Row>): Row[] => [...rows].sort((a, b) => b.firstAt - a.firstAt)

/** Forgets the oldest beyond a number. */
export function keepNewest(rows: Map<string, Row>, most: number) {
  if (rows.size <= most) return
  for (const row of newestFirst(rows.values()).slice(most)) rows.delete(keyOf(row))
}
