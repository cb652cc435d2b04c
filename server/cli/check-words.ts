import { withField } from '../advice.ts'
import type { GuideTopic } from '../destinations/destination.ts'
import { destinationOf } from '../destinations/index.ts'
import { platformTitle } from '../destinations/notices.ts'
import type { Checked, Verdict } from './check-instance.ts'
import { guideHeadings, guideLines, guideName } from './guide.ts'

const verdictWords: Readonly<Record<Verdict, string>> = {
  healthy: 'healthy',
  unhealthy: 'not healthy',
  unknown: 'cannot tell: no answer',
  unasked: 'not checked until the first event',
  disabled: 'switched off',
  dry_run: 'dry run, nothing is sent',
  no_token: 'not set: no access token',
}
const noticeWords = { urgent: 'Urgent', warning: 'Warning', info: 'Note' } as const

/** Everything about one instance for people: a heading with the verdict, what is wrong, what to do, where to look. */
export function instanceLines(checked: Checked): readonly string[] {
  const { instance, verdict, findings, notices, reply } = checked
  const { name, platform } = instance
  const title = platformTitle(platform)
  const isUnclear = verdict === 'unknown' && reply?.kind !== 'none'
  const heading = isUnclear ? 'cannot tell: no clear answer' : verdictWords[verdict]
  const parts = topicsOf(checked).flatMap((topic) => guidePart(platform, topic))
  return [
    `${name === platform ? title : `${title} (${name})`}: ${heading}`,
    ...[
      ...findings.flatMap(({ level, field, message, fix }) =>
        remark(level === 'wrong' ? 'Wrong' : 'Looks odd', withField(field, message), fix),
      ),
      ...replyLines(checked, title),
      ...notices.flatMap(({ level, message, fix }) => remark(noticeWords[level], message, fix)),
      ...parts,
      ...(parts.length ? [''] : []),
      ...(verdict === 'dry_run' ? [] : [`Events Manager: ${destinationOf(instance).eventsManager}`]),
    ].map((line) => (line ? `  ${line}` : '')),
  ]
}

const remark = (kind: string, message: string, fix: string | undefined): readonly string[] => [
  `${kind}: ${message}`,
  ...(fix === undefined ? [] : [`  To do: ${fix}`]),
]

/** What came of the question to the platform. */
function replyLines({ instance, verdict, findings, reply }: Checked, title: string): readonly string[] {
  if (verdict === 'dry_run') return ['No destination is configured for this site: events are shown, not sent.']
  if (verdict === 'disabled') return ['`enabled` is false: nothing is sent, and the platform was not asked.']
  if (verdict === 'no_token')
    return ['Its events wait until a token is set, here or at Set-up on the dashboard; none is lost meanwhile.']
  if (!reply) return [`${title} cannot be asked without recording a conversion; the first event will tell.`]
  const { kind, why, fix } = reply
  if (kind === 'none') return remark('No answer', why ?? '', fix)
  if (kind === 'accepted')
    return [`${title} takes this token for the pixel ${instance.pixel_id}${why === undefined ? '' : ` (“${why}”)`}.`]
  // A setting that is wrong explains the refusal, and its own fix is the nearer one.
  const isExplained = findings.some(({ level }) => level === 'wrong')
  const usual = kind === 'retry' ? 'Run check again in a few minutes.' : undefined
  return remark(`${title} says`, why ?? '', isExplained ? undefined : (fix ?? usual))
}

/** The parts of the guide that matter, each once. */
function topicsOf({ findings, notices, reply }: Checked): readonly GuideTopic[] {
  const wrong = findings.filter(({ level }) => level === 'wrong').map(({ guide }) => guide)
  const ending = notices.filter(({ guide, level }) => guide === 'version' && level !== 'info')
  return [
    ...new Set<GuideTopic>([
      ...wrong,
      ...(reply?.kind === 'halted' && !wrong.length ? (['unhealthy'] as const) : []),
      ...ending.map(({ guide }) => guide),
    ]),
  ]
}

/** One part of a guide, indented below its name, an empty line before it; nothing where there is none. */
export function guidePart(platform: string, topic: GuideTopic): readonly string[] {
  const lines = guideLines(platform, topic)
  if (!lines.length) return []
  const heading = `From ${guideName(platform)}, “${guideHeadings[topic]}”:`
  return ['', heading, ...lines.map((line) => (line ? `  ${line}` : ''))]
}

/** How many destinations are in which state, for the last line. */
export function summaryLine(all: readonly Checked[]): string {
  const counts = Object.entries(verdictWords).flatMap(([verdict, words]) => {
    const count = all.filter((one) => one.verdict === verdict).length
    return count ? [`${count} ${words}`] : []
  })
  return `${all.length} ${all.length === 1 ? 'destination' : 'destinations'}: ${counts.join(', ')}.`
}
