import { pick } from './check.ts'
import type { FaultName } from './modes.ts'
import { dayMs, hourMs, type Answer, type Call } from './platform.ts'
import type { SnapProblem } from './snapchat-rules.ts'
import { snapWarnings } from './snapchat-warnings.ts'

const processed = 'Events have been processed successfully.'

/** One event and what is wrong with it, if anything. */
export interface Judged {
  readonly event: unknown
  readonly problem?: SnapProblem
}

/** A refusal in Snap's shape. */
export const invalid = (status: number, reason: string, more: object = {}): Answer => ({
  status,
  body: { status: 'INVALID', reason, ...more },
})

const errorsOf = ({ code, message }: SnapProblem) => ({ codes: code ? [code] : [], error_msgs: [message] })

/** Every event with its verdict, counted from 1. */
const eventLogs = (judged: readonly Judged[]) =>
  judged.map(({ event, problem }, at) => ({
    event: at + 1,
    status: problem ? 'INVALID' : 'VALID',
    errors: problem ? errorsOf(problem) : { codes: [], error_msgs: [] },
    warnings: snapWarnings(event),
  }))

/**
 * Left to itself Snap names the first bad event. Where it processed the good ones, `INVALID` comes inside a 200 and
 * every event has its log.
 */
export function liveAnswer(judged: readonly Judged[], { mode: { names, partial } }: Call): Answer {
  const at = judged.findIndex(({ problem }) => problem)
  const problem = judged[at]?.problem
  if (!problem) return { status: 200, body: { status: 'VALID', reason: processed } }
  return invalid(partial ? 200 : 400, problem.message, {
    ...(names !== false && { event: at + 1 }),
    errors: errorsOf(problem),
    ...((names ?? partial) && { event_logs: eventLogs(judged) }),
  })
}

/** The test endpoint always tells of every event. */
export function validateAnswer(judged: readonly Judged[], { mode: { partial } }: Call): Answer {
  const bad = judged.find(({ problem }) => problem)?.problem
  return {
    status: bad && !partial ? 400 : 200,
    body: {
      status: bad ? 'INVALID' : 'VALID',
      test_event: true,
      reason: bad?.message ?? processed,
      event_logs: eventLogs(judged),
    },
  }
}

/** What the test endpoint is asked for, by the last part of the path. */
export const reports: Readonly<Record<string, (call: Call) => Answer>> = { logs: logsAnswer, stats: statsAnswer }

/** Test events of the last 24 hours. */
function logsAnswer({ log, now, params }: Call): Answer {
  const logs = log
    .filter((entry) => entry.test && now - entry.at <= dayMs)
    .map((entry) => ({
      event_name: entry.event,
      event_time: pick(entry.body, 'event_time'),
      action_source: pick(entry.body, 'action_source'),
      status: 'VALID',
      asset_id: params['pixel'],
      raw_event_name: pick(entry.body, 'event_name'),
      error_records: [],
      warning_records: entry.warnings,
      event_metadata: { pixel_id: params['pixel'] },
    }))
  return { status: 200, body: { status: 'SUCCESS', reason: '', logs } }
}

function statsAnswer({ log, now }: Call): Answer {
  const count = (test: boolean) => {
    const entries = log.filter((entry) => entry.test === test)
    return {
      latest_event_ts: entries.at(-1)?.at ?? 0,
      event_count_past_hour: entries.filter(({ at }) => now - at <= hourMs).length,
    }
  }
  return { status: 200, body: { status: 'SUCCESS', stats: { test: count(true), live: count(false) } } }
}

const noPermission = (): Answer => invalid(403, 'The access token may not send events for this asset.')

/** What each mode answers; Snap has no headers of its own for limits. */
export const snapFaults: Readonly<Record<FaultName, (call: Call) => Answer>> = {
  rate_limited: ({ mode: { retry_after: seconds } }) => {
    const answer = invalid(429, 'Too many requests.')
    return seconds === undefined ? answer : { ...answer, headers: { 'retry-after': String(seconds) } }
  },
  down: () => ({ status: 503, body: 'Service Unavailable' }),
  transient: () => ({ status: 500, body: 'Internal Server Error' }),
  error: ({ mode: { status = 500, message = 'The request failed.', code } }) =>
    invalid(status, message, code === undefined ? {} : { errors: { codes: [String(code)], error_msgs: [message] } }),
  token_revoked: () => invalid(401, 'The access token is invalid.'),
  // Both statuses are reported for a token that is no good.
  token_expired: () => invalid(400, 'The access token has expired.'),
  token_other_pixel: () => invalid(403, 'The access token belongs to another organization than the asset.'),
  no_permission: noPermission,
  pixel_unknown: () => invalid(404, 'The asset was not found.'),
  policy_blocked: noPermission,
}
