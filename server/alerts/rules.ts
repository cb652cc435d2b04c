import { dayMs, hourMs, minuteMs } from '../../shared/limits.ts'
import type { Figures, InstanceFigures } from '../metrics/figures.ts'
import { idOf, type Conditions, type Finding } from './finding.ts'
import type { History, Slot } from './history.ts'
import { isOn, type AlertSettings } from './settings.ts'
import type { Sender } from './senders.ts'

/** One way events come: the pages of a site, or its back end. */
export interface Source {
  readonly key: string
  readonly site: string
  readonly kind: 'browser' | 'backend'
  /** Since when nothing came, epoch ms; of a process that has heard nothing yet, its start. */
  readonly quietSince: number
  /** How many came within the last ten minutes. */
  readonly lately: number
}

export interface Situation {
  readonly figures: Figures
  readonly sources: readonly Source[]
  readonly history: History
  readonly senders: readonly Sender[]
  /** Instance → since when its test mode is seen on, epoch ms. */
  readonly testSince: Readonly<Record<string, number>>
  readonly known: Conditions
  readonly settings: AlertSettings
  /** Takes secrets out of a platform's words. */
  readonly hide: (text: string) => string
}

/** So many events must be missing before a silence is no accident. */
const leastMissing = 10
/** So many ended deliveries say something of a share. */
const leastForSuccess = 20
const leastForPairs = 50
/** Points a share must climb above its threshold before it counts as well again. */
const wellAgain = { success: 2, paired: 5 } as const

type Rule = (situation: Situation, now: number) => readonly Finding[]

const forInstances = (
  { figures }: Situation,
  judge: (instance: InstanceFigures) => Omit<Finding, 'rule' | 'subject' | 'site' | 'platform'>,
  rule: Finding['rule'],
): readonly Finding[] =>
  figures.instances.map((instance) => {
    const { name, site, platform } = instance
    return { rule, subject: name, site, platform, ...judge(instance) }
  })

const noEvents: Rule = ({ sources, history, settings: { noEventsMs = Infinity } }, now) =>
  sources.map(({ key, site, kind, quietSince, lately }) => {
    const about = { rule: 'no_events', subject: key, site } as const
    const quietMs = now - quietSince
    const missing = history.usual(key, quietSince, now) ?? 0
    if (quietMs >= noEventsMs && missing >= leastMissing)
      return {
        ...about,
        verdict: 'bad',
        message: `No events from the ${kind === 'browser' ? 'pages' : 'back end'} of ${site} for ${span(quietMs)}, in which about ${Math.round(missing)} usually come.`,
        fix:
          kind === 'browser'
            ? 'Open the site with ?pp_debug in its address, and run pairpixel doctor on it.'
            : 'Look at the log of the back end for answers of /v1/events other than 202.',
      }
    // A stray event is no traffic: a busy site has to be busy again.
    const needed = Math.min(3, Math.max(1, Math.round((history.usual(key, now - 10 * minuteMs, now) ?? 0) / 5)))
    return { ...about, verdict: lately >= needed ? 'good' : 'unknown' }
  })

const percent = (part: number, rest: number): number => (part * 100) / (part + rest)

const success: Rule = (situation, now) => {
  const { history, settings } = situation
  const { successBelow = 0 } = settings
  return forInstances(
    situation,
    ({ name, platform }) => {
      const enough = ({ delivered, failed }: Slot) => delivered + failed >= leastForSuccess
      const [hour, day] = [history.between(name, now - hourMs, now), history.between(name, now - dayMs, now)]
      const { delivered, failed } = enough(hour) ? hour : day
      if (!enough({ ...hour, delivered, failed })) return { verdict: 'unknown' }
      const share = percent(delivered, failed)
      if (share >= Math.min(successBelow + wellAgain.success, 100)) return { verdict: 'good' }
      if (share >= successBelow) return { verdict: 'unknown' }
      return {
        verdict: 'bad',
        message: `Only ${share.toFixed(1)} % of the deliveries to ${name} in the last ${enough(hour) ? 'hour' : '24 hours'} were taken (${failed} of ${delivered + failed} ended dead or expired).`,
        fix: `Open the dead letters of ${name} on the dashboard: ${platform}'s words stand beside each.`,
      }
    },
    'success',
  )
}

const paired: Rule = (situation, now) => {
  const { history, known, settings } = situation
  const { pairedDrop = 101 } = settings
  return forInstances(
    situation,
    ({ name }) => {
      const hour = history.between(name, now - hourMs, now)
      const day = history.between(name, now - dayMs - hourMs, now - hourMs - 10 * minuteMs)
      const frozen = known[idOf({ rule: 'paired', subject: name })]?.base
      if (hour.paired + hour.unpaired < leastForPairs) return { verdict: 'unknown' }
      if (frozen === undefined && day.paired + day.unpaired < leastForPairs) return { verdict: 'unknown' }
      const share = percent(hour.paired, hour.unpaired)
      const base = frozen ?? percent(day.paired, day.unpaired)
      if (base - share <= Math.max(0, pairedDrop - wellAgain.paired)) return { verdict: 'good' }
      if (base - share < pairedDrop) return { verdict: 'unknown' }
      return {
        verdict: 'bad',
        message: `${share.toFixed(0)} % of the events delivered to ${name} in the last hour are paired with its pixel; the day before it was ${base.toFixed(0)} %.`,
        fix: 'Look at what the pairing shows as the reason: a blocked library, a consent tool or a changed tag.',
        base,
      }
    },
    'paired',
  )
}

const queueAge: Rule = (situation) => {
  const { queueAgeMs = Infinity } = situation.settings
  return forInstances(
    situation,
    ({ name, states, lane, oldestMs = 0 }) => {
      // A halted lane has its own alert, with the fix.
      if (!lane || lane.state === 'halted') return { verdict: 'unknown' }
      if (oldestMs < queueAgeMs) return { verdict: oldestMs < queueAgeMs / 3 ? 'good' : 'unknown' }
      const why = lane.why === undefined ? '' : ` The last answer: ${situation.hide(lane.why)}`
      return {
        verdict: 'bad',
        message: `Deliveries to ${name} wait for ${span(oldestMs)}; ${states.pending} are pending.${why}`,
        fix: 'Nothing is lost: they go when the platform answers. If it does elsewhere, look at this machine’s network.',
      }
    },
    'queue_age',
  )
}

const tokenRefused: Rule = (situation) =>
  forInstances(
    situation,
    ({ name, lane, lacksToken, states, deliveredAt = -Infinity }) => {
      if (!lane) return { verdict: 'unknown' } // another process delivers
      // After a start a lane is well until it has asked; what waits says that it has not.
      const since = situation.known[idOf({ rule: 'token_refused', subject: name })]?.since ?? -Infinity
      const isWell = lane.state === 'ok' && (deliveredAt > since || states.pending === 0)
      if (lane.state !== 'halted') return { verdict: isWell ? 'good' : 'unknown' }
      return {
        verdict: 'bad',
        message: lacksToken
          ? `${name} has no access token, and its deliveries wait.`
          : `The platform refuses the account of ${name}, and its deliveries wait: ${situation.hide(lane.why ?? '')}`,
        ...(lane.fix !== undefined && { fix: situation.hide(lane.fix) }),
      }
    },
    'token_refused',
  )

const duplicateSender: Rule = ({ senders }) =>
  senders.map(({ site, verdict, message, fix }) => ({
    rule: 'duplicate_sender',
    subject: site,
    site,
    verdict,
    ...(message !== undefined && { message }),
    ...(fix !== undefined && { fix }),
  }))

const testMode: Rule = (situation, now) => {
  const { testModeMs = Infinity } = situation.settings
  return forInstances(
    situation,
    ({ name, isTest, notices }) => {
      if (!isTest) return { verdict: 'good' }
      const since = situation.testSince[name] ?? now
      if (now - since < testModeMs) return { verdict: 'unknown' }
      const notice = notices.find(({ code }) => code.startsWith('test_'))
      return {
        verdict: 'bad',
        message: `${name} has sent in test mode for ${span(now - since)}. ${notice?.message ?? ''}`.trim(),
        fix: notice?.fix ?? 'When the test is done, take the test settings out.',
      }
    },
    'test_mode',
  )
}

const apiVersion: Rule = (situation) => {
  const { versionDays = -Infinity } = situation.settings
  return forInstances(
    situation,
    ({ name, version, notices }) => {
      const notice = notices.find(({ code }) => code.startsWith('version_'))
      const { daysLeft = Infinity } = version
      const isBad = daysLeft <= versionDays || notice?.level === 'urgent'
      if (!isBad) return { verdict: 'good' }
      return {
        verdict: 'bad',
        stage: daysLeft <= 0 ? 'ended' : daysLeft <= 7 ? 'week' : 'near',
        message: `${name}: ${notice?.message ?? `version ${version.name} ends in ${daysLeft} days.`}`,
        fix: notice?.fix ?? 'Set a newer api_version.',
      }
    },
    'api_version',
  )
}

const rules: Readonly<Record<Finding['rule'], Rule>> = {
  no_events: noEvents,
  success,
  paired,
  queue_age: queueAge,
  token_refused: tokenRefused,
  duplicate_sender: duplicateSender,
  test_mode: testMode,
  api_version: apiVersion,
}

/** What every rule that is on makes of the moment. Pure. */
export const judge = (situation: Situation, now: number): readonly Finding[] =>
  (Object.keys(rules) as Finding['rule'][]).flatMap((rule) =>
    isOn(rule, situation.settings) ? rules[rule](situation, now) : [],
  )

/** `40 minutes`, `3 hours`, `2 days`. */
export function span(ms: number): string {
  const [unitMs, unit] = ms >= 2 * dayMs ? [dayMs, 'day'] : ms >= 2 * hourMs ? [hourMs, 'hour'] : [minuteMs, 'minute']
  const n = Math.floor(ms / unitMs)
  return `${n} ${unit}${n === 1 ? '' : 's'}`
}
