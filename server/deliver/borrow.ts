import { bestCopy } from '../pair/best-copy.ts'
import { handlesOf, mayBorrow } from '../pair/click-vault.ts'
import type { Claimed, Store } from '../store/store.ts'

/**
 * Claimed deliveries, those of a back end alone with the click IDs that their visitor came with earlier. Best effort:
 * without an answer from the vault they go as they are.
 */
export async function borrowClicks(
  store: Pick<Store, 'recall'>,
  claimed: readonly Claimed[],
  report: (error: unknown) => void,
): Promise<readonly Claimed[]> {
  const asks = claimed.flatMap((one) => {
    const event = mayBorrow(one.copies) ? bestCopy(one.eventId, one.copies, one.firstAttemptAt)?.event : undefined
    // Where the site does not let e-mails find anybody, none was ever kept.
    const handles = event ? handlesOf(event, true) : []
    return event && handles.length ? [{ one, hint: { site: one.site, handles, before: event.event_time } }] : []
  })
  if (!asks.length) return claimed
  try {
    const lent = await store.recall(asks.map(({ hint }) => hint))
    const byDelivery = new Map(asks.map(({ one }, at) => [one, lent[at]]))
    return claimed.map((one) => {
      const borrowed = byDelivery.get(one)
      return borrowed ? { ...one, borrowed } : one
    })
  } catch (error) {
    report(error)
    return claimed
  }
}
