import type { Row } from '../../types.ts'

type Query = Readonly<Record<string, string | undefined>>

/** What the API has no filter for and this page knows from the rows themselves. */
export const localOnly: ReadonlySet<string> = new Set(['result', 'range', 'platform', 'browser'])

/** Whether an event belongs to what was asked for. Delivery, pair state and reason are asked of one and the same delivery. */
export function fits(row: Row, query: Query): boolean {
  const { site, instance, event, event_id: eventId, state, pair, reason, result } = query
  const ofDelivery = instance ?? state ?? pair ?? reason
  return (
    (!site || row.site === site) &&
    (!event || row.name === event) &&
    (!eventId || row.eventId === eventId) &&
    (!result || hasCopy(row, result)) &&
    (!ofDelivery ||
      row.deliveries.some(
        (one) =>
          (!instance || one.instance === instance) &&
          (!state || one.state === state) &&
          (!pair || one.pair.state === pair) &&
          (!reason || one.reason === reason),
      ))
  )
}

const hasCopy = ({ copies, conflict }: Row, result: string): boolean =>
  result === 'conflict'
    ? conflict
    : copies.some((copy) => copy.result === result || (result === 'duplicate' && copy.duplicates > 0))
