import type { Setup, SetupStep } from '../shapes.ts'
import type { TrailView } from '../trail/index.ts'
import type { ShownInstance } from '../view.ts'
import { reasons } from '../../../shared/reasons.ts'
import { endsIn, type CountedEnd } from './ends.ts'
import { linesIn, sumOf, windowOf, type Line } from './window.ts'

/** What a site's set-up page shows beside the checklist; it changes with the settings alone. */
export type SiteSetup = Omit<Setup, 'steps'>

interface Seen {
  readonly scriptAt?: number
  readonly events: number
  readonly ends: readonly CountedEnd[]
  readonly sentAt?: number
  readonly refusedPost?: TrailView['facts']['refusedPost']
  readonly instances: readonly ShownInstance[]
}

/** The checklist of a site, by what was counted in the last seven days. Pure. */
export function setupOf(
  view: TrailView,
  sites: readonly SiteSetup[],
  instances: readonly ShownInstance[],
): readonly Setup[] {
  return sites.map((site) => {
    const own = instances.filter((one) => one.site === site.site)
    const lines = linesIn(view, windowOf('7d', view.at), site.site).filter((line) => line.site === site.site)
    const ends = lines.flatMap((line) => endsIn(line.counts, platformOf(own, line)))
    const sent = Object.entries(view.facts.lastSuccess).flatMap(([key, at]) =>
      own.some(({ name }) => key.startsWith(`${name}\0`)) ? [at] : [],
    )
    const scriptAt = view.facts.scripts[site.site]
    const seen: Seen = {
      ...(scriptAt !== undefined && { scriptAt }),
      events: sumOf(lines, 'stored') + sumOf(lines, 'joined'),
      ends,
      ...(sent.length > 0 && { sentAt: Math.max(...sent) }),
      ...(view.facts.refusedPost && { refusedPost: view.facts.refusedPost }),
      instances: own,
    }
    return { ...site, steps: stepsOf(seen) }
  })
}

const platformOf = (instances: readonly ShownInstance[], { instance }: Line): string =>
  instances.find(({ name }) => name === instance)?.platform ?? instance

/** Each step; of those that are red the first one's cause and fix help most, for the later ones follow from it. */
export const stepsOf = (seen: Seen): readonly SetupStep[] => [
  step('script', 'A page has asked for the script', seen.scriptAt !== undefined, seen.scriptAt, () =>
    scriptCause(seen),
  ),
  step('event', 'An event was received', seen.events > 0, undefined, () => eventCause(seen)),
  step('hit', 'The platform’s pixel was seen to fire', seen.ends.some(isHit), undefined, () => hitCause(seen)),
  step('sent', 'An event was delivered', seen.sentAt !== undefined, seen.sentAt, () => sentCause(seen)),
  step(
    'paired',
    'An event is paired',
    seen.ends.some(({ pair }) => pair.state === 'paired'),
    undefined,
    () => pairCause(seen),
  ),
]

interface Cause {
  readonly cause: string
  readonly fix: string
}

const step = (
  id: SetupStep['id'],
  title: string,
  done: boolean,
  at: number | undefined,
  why: () => Cause,
): SetupStep => ({
  id,
  title,
  done,
  ...(at !== undefined && { at }),
  ...(!done && why()),
})

const isHit = ({ pixel, pair }: CountedEnd): boolean =>
  pixel === 'requested' || pixel === 'sent' || pair.state === 'paired'

const scriptCause = ({ events }: Seen): Cause =>
  events > 0
    ? {
        cause: 'Events come from elsewhere, but no page has asked for the script since the collector knows.',
        fix: 'Paste the snippet into the head of every page, before the platforms’ own snippets.',
      }
    : {
        cause: 'No page has asked for the script.',
        fix: 'Paste the snippet into the head of every page, and let the site’s proxy pass its path to the collector.',
      }

function eventCause({ scriptAt, refusedPost }: Seen): Cause {
  if (refusedPost?.status === 403)
    return {
      cause: `Posts are refused: a page of ${refusedPost.origin ?? 'an unnamed origin'} is not one of this site.`,
      fix: 'Add this origin to the site’s origins, or set its url.',
    }
  if (refusedPost?.status === 404)
    return {
      cause: 'Posts are refused: they name a site that is not here.',
      fix: 'Paste the snippet of this site; its key stands in the address of the script.',
    }
  if (refusedPost)
    return {
      cause: `Posts are refused with status ${refusedPost.status}.`,
      fix: 'See the collector’s log, and docs/errors.md for the code.',
    }
  return scriptAt === undefined
    ? {
        cause: 'Without the script no page sends.',
        fix: 'Do the step above first; or send one from the back end to /v1/events.',
      }
    : {
        cause: 'The script is there, but nothing has come.',
        fix: 'Open a page with ?pp_debug: it shows what is sent, and what holds it back.',
      }
}

/** The commonest word on the pixels → its cause. */
const pixelCauses: Readonly<Record<string, Cause>> = {
  absent: {
    cause: 'The page has no pixel of a platform.',
    fix: 'Paste the platform’s own pixel too, or let ours load it (pixel.load).',
  },
  blocked: {
    cause: 'The pixel is blocked in the browsers seen so far.',
    fix: 'Try a browser without a blocker. Blocked visitors’ events are still delivered by the collector.',
  },
  held: {
    cause: 'The pixel is held back by its own consent lock or bot rule.',
    fix: 'Give consent on the page, and see that its consent tool tells the pixel.',
  },
  unmatched: {
    cause: 'The page sends to the pixel before our script, without an ID.',
    fix: 'Put the snippet before the platform’s own.',
  },
  called: {
    cause: 'The pixel was called, but no hit of it was seen.',
    fix: 'Wait for a moment and reload the page; a blocker may hold the hit.',
  },
}

function hitCause({ ends, events }: Seen): Cause {
  const common = commonest(ends, ({ pixel }) => pixel)
  if (common !== undefined && Object.hasOwn(pixelCauses, common)) return pixelCauses[common]!
  return events > 0
    ? {
        cause: 'No browser has told of a pixel: so far only the back end sends, or events still wait.',
        fix: 'Open a page with the script and the platform’s pixel.',
      }
    : { cause: 'Nothing has come yet.', fix: 'Do the steps above first.' }
}

function sentCause({ instances, ends, events }: Seen): Cause {
  const halted = instances.find(({ lane }) => lane?.state === 'halted')
  if (halted)
    return {
      cause: `${halted.name}: ${halted.lane?.why ?? 'the platform refuses us.'}`,
      fix: halted.lane?.fix ?? 'Put a good token in below.',
    }
  if (instances.every(({ dryRun }) => dryRun))
    return {
      cause: 'No destination is configured: this is a dry run.',
      fix: 'Put pixel ID and token of a platform into the settings.',
    }
  if (instances.every(({ enabled }) => enabled === false))
    return { cause: 'All destinations are switched off.', fix: 'Switch one on.' }
  const reason = commonest(
    ends.filter(({ state }) => state !== 'delivered'),
    (end) => end.reason,
  )
  if (reason !== undefined)
    return { cause: reasons[reason].text, fix: 'Open one of the events: it shows what was missing.' }
  return events > 0
    ? {
        cause: 'Events wait for their other copies, or for the platform.',
        fix: 'Wait some seconds; then see the card of the destination.',
      }
    : { cause: 'Nothing has come yet.', fix: 'Do the steps above first.' }
}

function pairCause({ ends }: Seen): Cause {
  const why = commonest(ends, ({ pair }) => pair.why)
  return why === undefined
    ? { cause: 'Nothing was delivered yet.', fix: 'Do the steps above first.' }
    : { cause: why, fix: 'Open a page that has both the script and the platform’s pixel, and fire the event there.' }
}

function commonest<T extends string>(
  ends: readonly CountedEnd[],
  read: (end: CountedEnd) => T | undefined,
): T | undefined {
  const counts = new Map<T, number>()
  for (const end of ends) {
    const value = read(end)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + end.count)
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
