import { attempt } from '../safe.ts'

/** What this browser keeps under a key, parsed; undefined when there is nothing, or storage is refused. */
export const readStored = (key: string): unknown =>
  attempt((): unknown => JSON.parse(localStorage.getItem(key) ?? 'null'))

export const writeStored = (key: string, value: unknown): void =>
  attempt(() => localStorage.setItem(key, JSON.stringify(value)))

export const readStoredList = (key: string): unknown[] => {
  const list = readStored(key)
  return Array.isArray(list) ? list : []
}
