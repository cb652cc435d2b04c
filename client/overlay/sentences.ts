import type { PixelState } from '../../shared/pixel-state.ts'
import type { WireEvent } from '../wire.ts'
import { platformWords, type PageFacts, type PlatformFacts, type Presence } from './page-facts.ts'
import type { Reply, Seen } from './watch.ts'

/** `bad`: somebody should do something. `note`: worth knowing. */
export interface Finding {
  readonly tone: 'bad' | 'note'
  readonly text: string
}

/** How long a library may take to start before we wonder. */
const patienceMs = 5000

export const presenceWords: Readonly<Record<Presence, string>> = {
  live: 'on this page and running',
  stub: 'its snippet is here, its library has not started',
  absent: 'not on this page',
}

/** What a state of an event at a platform means, in a sentence. */
export function stateSentence(state: PixelState | undefined, { platform, presence }: PlatformFacts): string {
  const { name, fn } = platformWords[platform]
  switch (state) {
    case 'absent':
      return `Not fired: there was no ${fn} function on this page.`
    case 'called':
      return platform === 'snapchat' && presence === 'live'
        ? `${fn} was called with this ID. Snapchat's hits cannot be seen from a page.`
        : `${fn} was called with this ID; no hit was seen so far.`
    case 'requested':
      return `A hit with this ID left for ${name}. Its answer cannot be seen from a page.`
    case 'sent':
      return `${name} answered the hit with this ID.`
    case 'blocked':
      return `Blocked: ${name}'s library or its hit failed. The collector still has the event.`
    case 'held':
      return `${name}'s library runs and sends nothing: a consent lock, or it takes this visitor for a bot.`
    case 'unmatched':
      return `The page's own snippet sends this without our ID, so ours is not forwarded to ${name}.`
    default:
      return `Not fired: ${name} has no such event, or we wait for ${fn}.`
  }
}

export const replyWords: Readonly<Record<Reply, string>> = {
  waiting: 'waits',
  posted: 'posted, no answer yet',
  taken: 'taken by the collector',
  refused: 'refused by the collector',
  unseen: 'posted without waiting for an answer',
  failed: 'not taken',
}

/** What is wrong on this page, worst first. @param ageMs how long the overlay has watched */
export function findingsOf(facts: PageFacts, seen: Seen, ageMs: number): Finding[] {
  const bad = (text: string): Finding => ({ tone: 'bad', text })
  const note = (text: string): Finding => ({ tone: 'note', text })
  const findings = [
    ...collectorFindings(facts, seen).map(bad),
    ...consentFindings(facts).map(note),
    ...(facts.consent === 'waiting' || facts.consent === 'denied' ? [] : platformFindings(facts, ageMs)).map(bad),
    ...[...seen.blocked].map(([host, how]) => bad(`${host}: ${how}.`)),
    ...seen.events.flatMap(({ event }) => eventFindings(event)).map(bad),
    ...seen.badIds.map((id) =>
      bad(
        `The ID ${JSON.stringify(id)} cannot be used (1–128 printable characters without spaces); a fresh one was made.`,
      ),
    ),
    ...(facts.isSecure ? [] : [note('This page is not https, so what identify was told is not sent.')]),
  ]
  return findings.filter(({ text }, at) => findings.findIndex((one) => one.text === text) === at)
}

const collectorFindings = ({ endpoint, kept }: PageFacts, seen: Seen): string[] => [
  ...(seen.refusal ? [`The collector refused: ${seen.refusal}`] : []),
  ...(seen.failures
    ? [
        `The collector at ${endpoint} did not take the last ${seen.failures === 1 ? 'post' : `${seen.failures} posts`}: ` +
          'it cannot be reached, was blocked, or does not allow this origin.' +
          (kept ? ` ${kept} in this browser's store will be sent again.` : ''),
      ]
    : []),
  ...seen.events.flatMap(({ event, issues }) => (issues ? [`${event.event} was refused: ${issues}.`] : [])),
]

const limitWords: Readonly<Record<string, string>> = {
  gpp: 'The Global Privacy Platform says that the visitor objects',
  gcm: 'Google Consent Mode allows no personalized ads',
  api: 'The page says so',
}

function consentFindings({ consent, gpc, limitedBy, consentFallback }: PageFacts): string[] {
  const limited = [
    ...(gpc === 'ldu' ? ['Global Privacy Control is on: events are marked for limited use.'] : []),
    ...limitedBy.map(
      (source) => `${limitWords[source] ?? `Asked for by ${source}`}: events are marked for limited use.`,
    ),
  ]
  if (consent === 'waiting')
    return [
      'Consent was not given yet: nothing is stored, fired or sent. ' +
        (consentFallback
          ? `Where no consent tool shows up within 5 s, “${consentFallback}” counts.`
          : "Events wait for pairpixel('consent', 'granted')."),
      ...limited,
    ]
  if (consent === 'denied')
    return [gpc === 'block' ? 'Global Privacy Control counts as a no here.' : 'Consent was refused: nothing is sent.']
  return limited
}

const platformFindings = ({ platforms }: PageFacts, ageMs: number): string[] =>
  platforms.flatMap(({ platform, isUsed, presence }) => {
    const { name, fn } = platformWords[platform]
    if (!isUsed || presence === 'live' || ageMs < patienceMs / 2) return []
    if (presence === 'absent')
      return [`No ${fn} function on this page: ${name}'s pixel is not installed or was blocked.`]
    return ageMs < patienceMs
      ? []
      : [`${name}'s library has not started: blocked by an ad blocker, by a content policy, or still loading.`]
  })

function eventFindings({ event, props: { value, currency } }: WireEvent): string[] {
  if (event !== 'purchase') return []
  if (value === undefined || value === '' || !Number.isFinite(Number(value)))
    return ['A purchase has no value that is a number: platforms cannot count its worth.']
  return /^[a-z]{3}$/i.test(String(currency))
    ? []
    : ['A purchase has no currency of three letters: Meta and Snapchat get it only with one.']
}
