import { isIPv6 } from 'node:net'
import { minuteMs } from '../../../shared/limits.ts'

/** Wrong tokens within the window: of one address, and of all together. */
export const tryLimits = { perAddress: 5, overall: 20, windowMs: 15 * minuteMs } as const

export interface Tries {
  /** Ms until this address may try again; 0: now. */
  waitMs(address: string, now: number): number
  failed(address: string, now: number): void
  /** The right token came from there: its earlier slips are forgiven. */
  forgive(address: string): void
}

/** Counts wrong tokens. Who has used up the tries is turned away before anything is compared. */
export function createTries(): Tries {
  /** Oldest first, never more than `overall`: then nobody may add one. */
  let failures: readonly { readonly by: string; readonly at: number }[] = []
  const recent = (now: number) => (failures = failures.filter(({ at }) => now - at < tryLimits.windowMs))
  return {
    waitMs(address, now) {
      const all = recent(now)
      const own = all.filter(({ by }) => by === groupOf(address))
      const waitOf = (list: typeof all, most: number) => {
        const first = list.at(-most)
        return first ? first.at + tryLimits.windowMs - now : 0
      }
      return Math.max(waitOf(own, tryLimits.perAddress), waitOf(all, tryLimits.overall))
    },
    failed: (address, now) => void (failures = [...recent(now), { by: groupOf(address), at: now }]),
    forgive: (address) => void (failures = failures.filter(({ by }) => by !== groupOf(address))),
  }
}

/** Who has one IPv6 address has the whole network of it: its first 56 bits count as one. */
function groupOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const parts = [...left, ...Array<string>(gap).fill('0'), ...right].map((part) => part.padStart(4, '0'))
  return parts.join('').slice(0, 14)
}
