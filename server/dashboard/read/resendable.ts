import { reopenUntil } from '../../store/rules.ts'
import type { RowView } from '../view.ts'

/**
 * Instances whose delivery of this event can be sent again by hand: it ended undelivered, and its body is still kept. Pure;
 * what is asked for is looked at again when it is done.
 */
export const resendable = (row: RowView, now: number): readonly string[] =>
  row.deliveries.flatMap(({ instance, state, reason, settledAt }) =>
    settledAt !== undefined && now < (reopenUntil(state, reason, settledAt) ?? 0) ? [instance] : [],
  )
