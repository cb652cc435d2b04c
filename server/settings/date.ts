import { readTime } from '../../shared/parse-field.ts'
import { dayMs } from '../../shared/limits.ts'

/** ISO date or time → epoch ms; a bare date is the end of that day in UTC. YAML may have made a `Date` of it. */
export function parseDate(value: string | Date): number | undefined {
  const isMidnight = value instanceof Date && value.getTime() % dayMs === 0
  const text = value instanceof Date ? value.toISOString() : value
  const at = readTime(text)
  return at !== undefined && (isMidnight || /^\d{4}-\d\d-\d\d$/.test(text)) ? at + dayMs : at
}
