import { minuteMs } from '../../../shared/limits.ts'
import type { CardState, InstanceCard } from '../shapes.ts'
import type { ShownInstance } from '../view.ts'

/** What a card's state is decided on. */
export interface CardFacts {
  readonly instance: ShownInstance
  readonly now: number
  readonly notices: InstanceCard['notices']
  readonly lastSuccessAt?: number
  /** Ended in the last hour: delivered, and dead or expired. */
  readonly lastHour: { readonly delivered: number; readonly failed: number }
  readonly lastDay: { readonly delivered: number; readonly paired: number }
  readonly queued: number
  readonly oldestAt?: number
  /** Pixels of the platform that the site's pages load. */
  readonly pixels?: { readonly others: readonly string[]; readonly isOwnSeen: boolean }
  /** The commonest error of the last hour, in the platform's words. */
  readonly error?: string
}

interface Verdict {
  readonly state: CardState
  readonly reason: string
  readonly fix: string
}

interface Rule {
  readonly state: CardState
  readonly fits: (facts: CardFacts) => boolean
  readonly reason: (facts: CardFacts) => string
  readonly fix: (facts: CardFacts) => string
}

const percent = (part: number, whole: number): string => `${Math.floor((100 * part) / whole)} %`
/** A platform's words as a sentence: a number of its own that stands behind them goes into brackets, and it ends. */
const sentence = (words: string): string =>
  words
    .trim()
    .replace(/[.:;,]*\s+\(?(\d+\/\d+)\)?\.?$/, ' ($1)')
    .replace(/[^.!?…]$/, '$&.')
const urgent = ({ notices }: CardFacts) => notices.find(({ level }) => level === 'urgent')
/** Fewer say nothing about a rate: they are told as they are. */
const enough = 20
const notTaken = (failed: number, all: number): string =>
  all === 1
    ? 'The only event of the last hour was not taken'
    : all < enough
      ? `${failed} of the last hour’s ${all} events ${failed === 1 ? 'was' : 'were'} not taken`
      : `Only ${percent(all - failed, all)} of the last hour’s events were taken`
const waiting = (queued: number): string =>
  queued === 0 ? '' : queued === 1 ? ' One event waits, and is not lost.' : ` ${queued} events wait, none is lost.`
const oldMs = 10 * minuteMs

/** The first row that fits decides; none: healthy. One sentence what is the matter, one what to do. */
const rules: readonly Rule[] = [
  {
    state: 'not_set',
    fits: ({ instance }) => instance.dryRun,
    reason: () => 'No pixel ID and token are set: this shows what would be sent, and nothing leaves.',
    fix: () => 'Put pixel ID and token into the settings; the set-up page has the steps.',
  },
  {
    state: 'paused',
    fits: ({ instance }) => instance.enabled === false,
    reason: () => 'It is switched off: new events are not sent there.',
    fix: () => 'Switch it on. Events that came meanwhile are not sent later.',
  },
  {
    state: 'not_set',
    fits: ({ instance }) => instance.token?.set === false,
    reason: ({ queued }) => `No access token is set.${waiting(queued)}`,
    fix: () => 'Put the token in at Set-up: what waits goes at once.',
  },
  {
    state: 'degraded',
    fits: ({ instance }) => instance.lane?.state === 'halted',
    reason: ({ instance, queued }) =>
      `The platform refuses us${instance.lane?.why ? `: ${sentence(instance.lane.why)}` : '.'}${waiting(queued)}`,
    fix: ({ instance }) =>
      instance.lane?.fix ?? 'Look at the errors, mend what they name; it is tried again by itself.',
  },
  {
    state: 'degraded',
    fits: (facts) => urgent(facts) !== undefined,
    reason: (facts) => urgent(facts)?.message ?? '',
    fix: (facts) => urgent(facts)?.fix ?? 'Look at the settings of this destination.',
  },
  {
    state: 'degraded',
    fits: ({ instance: { token }, lastSuccessAt = 0 }) =>
      token?.good === false && (token.checkedAt ?? 0) > lastSuccessAt,
    reason: ({ instance: { token } }) =>
      `The platform did not take the token${token?.words ? `: ${sentence(token.words)}` : '.'}`,
    fix: () => 'Make a new token and put it in on the set-up page.',
  },
  {
    state: 'degraded',
    fits: ({ instance }) => instance.lane?.state === 'retrying',
    reason: ({ instance }) => `The last request failed${instance.lane?.why ? `: ${sentence(instance.lane.why)}` : '.'}`,
    fix: () => 'Nothing now: it is tried again by itself, farther and farther apart. If it stays, see the errors.',
  },
  {
    state: 'degraded',
    fits: ({ pixels }) => pixels !== undefined && pixels.others.length > 0 && !pixels.isOwnSeen,
    reason: ({ instance: { pixelId = '' }, pixels }) =>
      `The pages load pixel ${pixels?.others.join(', ') ?? ''} and not ${pixelId}, which is set here: what we send has no hit to pair with.`,
    fix: () => 'Set pixel_id to the pixel of your pages, or put this one into the platform’s snippet there.',
  },
  {
    state: 'degraded',
    fits: ({ lastHour: { delivered, failed } }) => delivered < 0.95 * (delivered + failed),
    reason: ({ lastHour: { delivered, failed }, error }) =>
      `${notTaken(failed, delivered + failed)}${error ? `: ${sentence(error)}` : '.'}`,
    fix: () => 'Open the errors: each names its fix; then send the dead letters again.',
  },
  {
    state: 'degraded',
    fits: ({ oldestAt, now, queued }) => queued > 0 && oldestAt !== undefined && now - oldestAt > oldMs + minuteMs,
    reason: ({ oldestAt = 0, now, queued }) =>
      `${queued} events wait, the oldest for ${Math.floor((now - oldestAt) / minuteMs)} minutes.`,
    fix: () => 'See whether the collector delivers (its role, its store), and the errors of this destination.',
  },
  {
    state: 'degraded',
    fits: ({ lastDay: { delivered, paired } }) => delivered >= enough && paired < 0.5 * delivered,
    reason: ({ lastDay: { delivered, paired } }) =>
      `Only ${percent(paired, delivered)} of the last day’s events are paired with the pixel’s hit.`,
    fix: () => 'Open the pairing board: it names the reason for each event.',
  },
]

/** The state of a card, with what is the matter and what to do. */
export function judge(facts: CardFacts): Verdict | { readonly state: 'healthy' } {
  const rule = rules.find(({ fits }) => fits(facts))
  return rule ? { state: rule.state, reason: rule.reason(facts), fix: rule.fix(facts) } : { state: 'healthy' }
}
