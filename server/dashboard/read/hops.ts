import type { Hop } from '../shapes.ts'
import type { RowView } from '../view.ts'

type Timed = Omit<Hop, 'gapMs'>

const copyWords = { browser: 'The page told of it', backend: 'The back end told of it' } as const
const resultWords: Readonly<Record<string, string>> = {
  stored: 'the first word on it',
  joined: 'joined what was known',
  duplicate: 'said nothing new',
  late: 'came after it was sent: kept, and not sent again',
}
const endWords = {
  delivered: 'Delivered',
  dead: 'Given up: the platform refuses it',
  suppressed: 'Not sent',
  expired: 'Not sent: its time had passed',
} as const

/** Every hop of an event's way, oldest first, with the time between them. Pure. */
export function hopsOf(row: RowView): readonly Hop[] {
  const copies = row.copies.map(({ kind, origin, receivedAt, result, alias, duplicates }): Timed => {
    const parts = [
      `${origin}: ${resultWords[result] ?? result}`,
      ...(alias === undefined ? [] : [`under the ID ${alias}, joined by its order number`]),
      ...(duplicates > 0 ? [`${duplicates} more like it`] : []),
    ]
    return { at: receivedAt, what: copyWords[kind], detail: parts.join('; ') }
  })
  const timed = [...copies, ...row.deliveries.flatMap((delivery) => ofDelivery(delivery, row.firstAt))]
  const pixels = Object.entries(row.fired).map(([platform, state]): Timed => ({
    what: 'The page told of the pixel',
    detail: `${platform}: ${state}`,
  }))
  const sorted = timed.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
  // When the pixel fired nobody wrote down: it stands behind the page's first word.
  const place = sorted.findIndex(({ what }) => what === copyWords.browser) + 1
  return withGaps(sorted.toSpliced(place, 0, ...pixels))
}

function ofDelivery(delivery: RowView['deliveries'][number], firstAt: number): readonly Timed[] {
  const { instance, state, attempts, ambiguous, dueAt, settledAt, why, reasonText, trace, explanation } = delivery
  const answer = explanation?.answer
  const waited = dueAt - firstAt
  const hops: Timed[] = []
  if (attempts > 0 || state === 'pending')
    hops.push({
      at: dueAt,
      instance,
      what: attempts > 0 && state === 'pending' ? 'Falls due again' : 'Due',
      detail: waited > 0 ? 'It waits for its other copies first.' : 'At once.',
    })
  const at = settledAt === undefined ? {} : { at: settledAt }
  if (attempts > 0)
    hops.push({
      ...at,
      instance,
      what: attempts === 1 ? 'A request was sent' : `${attempts} requests were sent`,
      ...(ambiguous > 0 && { detail: `${ambiguous} of them repeated, for an answer was lost.` }),
    })
  if (answer) hops.push({ ...at, instance, what: `The platform answered ${answer.status}`, detail: answer.words })
  if (state !== 'pending') {
    const words = [why ?? reasonText, trace === undefined ? undefined : `Trace ${trace}`].filter(
      (one) => one !== undefined,
    )
    hops.push({ ...at, instance, what: endWords[state], ...(words.length > 0 && { detail: words.join(' ') }) })
  } else if (why !== undefined) hops.push({ instance, what: 'It waits', detail: why })
  return hops
}

/** The time from the last hop whose time is known. */
function withGaps(hops: readonly Timed[]): readonly Hop[] {
  let last: number | undefined
  return hops.map((hop): Hop => {
    const gapMs = hop.at === undefined || last === undefined ? undefined : Math.max(0, hop.at - last)
    last = hop.at ?? last
    return { ...hop, ...(gapMs !== undefined && { gapMs }) }
  })
}
