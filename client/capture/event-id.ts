import { eventIdShape, uuidV7 } from '../../shared/uuid.ts'

/**
 * Text or number as an event ID, trimmed. What is neither turns into words with a space, and so is refused. 0 and NaN
 * are what broken arithmetic makes of a number, the same for every order.
 */
export const readEventId = (given: string | number | false | null | undefined): string | undefined =>
  eventIdShape.exec(`${given || ''}`.trim())?.[0]

export const newEventId = (now: number): string => uuidV7(now, crypto.getRandomValues(new Uint8Array(18)))
