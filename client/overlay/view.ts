import type { WireEvent } from '../wire.ts'
import { mask } from './mask.ts'
import { platformWords, type PageFacts } from './page-facts.ts'
import { findingsOf, presenceWords, replyWords, stateSentence } from './sentences.ts'
import type { Reply, Seen, SeenEvent } from './watch.ts'

/** How a piece of text is meant; its colour follows, and never says it alone. */
export type Tone = 'plain' | 'good' | 'bad' | 'note' | 'quiet'

export interface Line {
  /** What the line is about, where it has a name. */
  readonly label?: string
  readonly text: string
  readonly tone: Tone
}

/** An event, folded: its name, and a mark for the collector and each platform. */
export interface EventView {
  readonly key: string
  readonly title: string
  /** Amount, and who told of it where it was not us. */
  readonly aside: string
  readonly marks: readonly Line[]
  readonly lines: readonly Line[]
}

/** Everything the overlay shows, as text. */
export interface View {
  readonly status: Line
  readonly findings: readonly Line[]
  readonly events: readonly EventView[]
  readonly sections: readonly { readonly title: string; readonly lines: readonly Line[] }[]
}

const line = (label: string, text: string, tone: Tone = 'plain'): Line => ({ label, text, tone })

/** The page and what was seen of it, as text. @param features what the collector joined; undefined: not known */
export function viewOf(facts: PageFacts, seen: Seen, ageMs: number, features: readonly string[] | undefined): View {
  const findings = findingsOf(facts, seen, ageMs)
  const wrong = findings.filter(({ tone }) => tone === 'bad').length
  return {
    status: wrong
      ? { text: wrong === 1 ? '1 thing is wrong' : `${wrong} things are wrong`, tone: 'bad' }
      : { text: 'nothing wrong', tone: 'good' },
    findings,
    events: seen.events.map((one) => eventView(one, facts)).reverse(),
    sections: [
      {
        title: 'Platforms',
        lines: facts.platforms.map(({ platform, isUsed, presence, ids }) =>
          line(
            platformWords[platform].name,
            isUsed
              ? `${presenceWords[presence]}${ids.length ? `; our calls name ${ids.join(', ')}` : ''}`
              : 'not used by this site',
            !isUsed ? 'quiet' : presence === 'live' ? 'good' : 'note',
          ),
        ),
      },
      {
        title: 'Click IDs',
        lines: facts.clicks.length
          ? facts.clicks.map(({ name, value, isKept }) =>
              line(name, `${mask(value)}${isKept ? '' : ', not kept yet'}`, isKept ? 'good' : 'note'),
            )
          : [{ text: 'None in the address, none kept: this visit did not come from an ad.', tone: 'quiet' }],
      },
      {
        title: 'Cookies of the platforms',
        lines: facts.cookies.map(({ name, value }) => (value ? line(name, mask(value)) : line(name, 'none', 'quiet'))),
      },
      {
        title: 'Site',
        lines: [
          line('Site key', facts.key ?? 'the collector’s only site'),
          line('Collector', facts.endpoint + (facts.isSameOrigin ? '' : ' (another origin than this page)')),
          line('Consent', consentText(facts, seen), facts.consent === 'granted' ? 'good' : 'plain'),
          line('Features', features?.join(', ') ?? 'not known: the collector did not say'),
          line('Kept for later', facts.kept ? `${facts.kept} event(s)` : 'none', facts.kept ? 'note' : 'quiet'),
        ],
      },
    ],
  }
}

function consentText({ consent, gpc }: PageFacts, { consentSource, events }: Seen): string {
  const source = consentSource ?? events.findLast(({ event }) => event.consent)?.event.consent?.source
  const words = {
    'not asked': 'not asked: this site sends at once',
    granted: 'granted',
    waiting: 'not given yet',
    denied: 'refused',
  }
  return [words[consent], source && `by ${source}`, gpc && `Global Privacy Control: ${gpc}`].filter(Boolean).join(', ')
}

const replyTones: Readonly<Record<Reply, Tone>> = {
  waiting: 'note',
  posted: 'note',
  taken: 'good',
  refused: 'bad',
  unseen: 'note',
  failed: 'bad',
}

function eventView({ event, reply, issues }: SeenEvent, { platforms }: PageFacts): EventView {
  const used = platforms.filter(({ isUsed, platform }) => isUsed && event.to?.includes(platform) !== false)
  const states = used.map((facts) => {
    const state = event.fired?.[facts.platform]
    const tone: Tone = /^(requested|sent)$/.test(state ?? '')
      ? 'good'
      : state === 'called' && facts.platform === 'snapchat' && facts.presence === 'live'
        ? 'good'
        : /^(absent|blocked|held)$/.test(state ?? '')
          ? 'bad'
          : state
            ? 'note'
            : 'quiet'
    return { facts, state, tone }
  })
  return {
    key: `${event.event} ${event.event_id} ${String(event.to)}`,
    title: event.event,
    aside: [amountOf(event), event.origin && `via ${event.origin}`].filter(Boolean).join(' · '),
    marks: [
      line('Collector', reply, replyTones[reply]),
      ...states.map(({ facts, state, tone }) => line(platformWords[facts.platform].name, state ?? 'not fired', tone)),
    ],
    lines: [
      line('Shared ID', event.event_id),
      line('Told by', toldBy(event)),
      line('Collector', `${replyWords[reply]}${issues ? `: ${issues}` : ''}`, replyTones[reply]),
      ...states.map(({ facts, state, tone }) =>
        line(platformWords[facts.platform].name, stateSentence(state, facts), tone),
      ),
    ],
  }
}

const toldBy = ({ origin }: WireEvent): string =>
  !origin
    ? 'a call of pairpixel, or by itself'
    : /^(fbq|rdt|snaptr)$/.test(origin)
      ? `the page's own call of ${origin}`
      : origin

const amountOf = ({ props: { value, currency } }: WireEvent): string =>
  value === undefined || value === ''
    ? ''
    : [value, currency]
        .filter((part) => part !== undefined)
        .map(String)
        .join(' ')
