import { isEventId, uuidV7 } from '../../shared/uuid.ts'

/** Text or number as an event ID, trimmed; undefined when it cannot be one. */
export const readEventId = (given: string | number | null | undefined): string | undefined => {
  const id = String(given ?? '').trim()
  return isEventId(id) ? id : undefined
}

export const newEventId = (now: number): string => uuidV7(now, crypto.getRandomValues(new Uint8Array(10)))
