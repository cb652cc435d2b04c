import { dayMs } from '../../shared/limits.ts'
import type { EventRow } from '../store/store.ts'
import type { Finding } from './finding.ts'

/** What the newest events of a site show of who sends them. */
export interface Sender extends Pick<Finding, 'verdict' | 'message' | 'fix'> {
  readonly site: string
}

interface Sign {
  readonly shows: (row: EventRow) => boolean
  /** So many events, and so large a part of them, are no accident. */
  readonly least: number
  readonly share: number
  readonly message: (site: string, n: number, of: number) => string
  readonly fix: string
}

/** Of one kind, two copies that came by different ways. */
const hasTwoOrigins = ({ copies }: EventRow): boolean =>
  copies.some(({ kind, origin }) => copies.some((other) => other.kind === kind && other.origin !== origin))

const signs: readonly Sign[] = [
  {
    shows: ({ conflict }) => conflict,
    least: 3,
    share: 0.02,
    message: (site, n, of) =>
      `${n} of the newest ${of} events of ${site} came with another value, currency, order or items under the same ID.`,
    fix: 'Give each event an ID of its own, and the same one to every copy of it: for a purchase the order number.',
  },
  {
    shows: hasTwoOrigins,
    least: 5,
    share: 0.05,
    message: (site, n, of) => `${n} of the newest ${of} events of ${site} were told twice, by two different senders.`,
    fix: 'Take one of the senders out: a second tag, an app of the shop, or a webhook beside the back end.',
  },
  {
    shows: ({ copies }) => copies.some(({ duplicates }) => duplicates >= 3),
    least: 5,
    share: 0.05,
    message: (site, n, of) => `${n} of the newest ${of} events of ${site} were posted four times or more.`,
    fix: 'Look for a sender that posts again although it was answered 2xx, or for a page that runs its tag in a loop.',
  },
]

/** Judges each site by its newest events of a day. @param rows newest first */
export function judgeSenders(sites: readonly string[], rows: readonly EventRow[], now: number): readonly Sender[] {
  return sites.map((site) => {
    const own = rows.filter((row) => row.site === site && now - row.firstAt < dayMs)
    const counted = signs.map((sign) => ({ sign, n: own.filter(sign.shows).length }))
    const found = counted.find(({ sign, n }) => n >= sign.least && n >= sign.share * own.length)
    if (found) {
      const { sign, n } = found
      return { site, verdict: 'bad', message: sign.message(site, n, own.length), fix: sign.fix }
    }
    const isClear =
      own.length > 0 && counted.every(({ sign, n }) => n < sign.least / 2 || n < (sign.share * own.length) / 2)
    return { site, verdict: isClear ? 'good' : 'unknown' }
  })
}
