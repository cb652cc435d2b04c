import { isReason } from '../../../shared/reasons.ts'
import { isEventId } from '../../../shared/uuid.ts'
import { pairStates } from '../../pair/pair-state.ts'
import type { DeliveryState } from '../../store/store.ts'
import type { EventFilter } from '../shapes.ts'
import type { RowView } from '../view.ts'

export const rowsShown = { usual: 50, most: 500 } as const

const states: readonly string[] = ['pending', 'delivered', 'dead', 'suppressed', 'expired'] satisfies DeliveryState[]
const names = ['site', 'instance', 'event', 'event_id', 'state', 'pair', 'reason'] as const

/**
 * A query → what is asked for; undefined: it names something that cannot be, so nothing is found. Empty parts are absent.
 */
export function readFilter(query: Readonly<Record<string, unknown>>): EventFilter | undefined {
  const given: Partial<Record<(typeof names)[number], string>> = {}
  for (const name of names) {
    const value = query[name]
    if (value === undefined || value === '') continue
    if (typeof value !== 'string' || value.length > 512) return undefined
    given[name] = value
  }
  const { event_id: eventId, state, pair, reason, ...rest } = given
  if (eventId !== undefined && !isEventId(eventId)) return undefined
  if (state !== undefined && !states.includes(state)) return undefined
  if (pair !== undefined && !(pairStates as readonly string[]).includes(pair)) return undefined
  if (reason !== undefined && !isReason(reason)) return undefined
  return {
    ...rest,
    limit: readLimit(query.limit),
    ...(eventId !== undefined && { eventId }),
    ...(state !== undefined && { state: state as DeliveryState }),
    ...(pair !== undefined && { pair: pair as (typeof pairStates)[number] }),
    ...(reason !== undefined && { reason }),
  }
}

/** 1 to 500, 50 when it is no such number. */
export function readLimit(text: unknown): number {
  const limit = typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : rowsShown.usual
  return Math.min(Math.max(limit, 1), rowsShown.most)
}

/** Must the newest rows be looked through, for the store cannot ask for this? */
export const isNarrow = ({ instance, event, state, pair, reason }: EventFilter): boolean =>
  [instance, event, state, pair, reason].some((part) => part !== undefined)

/** The rows of which one delivery is all that is asked for. */
export const fitting = (rows: readonly RowView[], filter: EventFilter): readonly RowView[] => {
  const { instance, event, state, pair, reason, limit = rowsShown.usual } = filter
  const asksDelivery = [instance, state, pair, reason].some((part) => part !== undefined)
  return rows
    .filter(
      (row) =>
        (event === undefined || row.name === event) &&
        (!asksDelivery ||
          row.deliveries.some(
            (one) =>
              (instance === undefined || one.instance === instance) &&
              (state === undefined || one.state === state) &&
              (pair === undefined || one.pair.state === pair) &&
              (reason === undefined || one.reason === reason),
          )),
    )
    .slice(0, limit)
}
