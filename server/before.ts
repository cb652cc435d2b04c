import type { PixelEvent } from '../shared/event.ts'
import { parseEvent } from '../shared/parse-event.ts'

/**
 * The operator's own look at each event before it is stored (`before` in a settings file that is code): answers the
 * event, changed or not, or undefined to drop it. Match keys are plain here. It must answer at once, not promise.
 */
export type BeforeHook = (event: PixelEvent) => PixelEvent | undefined

export type BeforeResult =
  | { readonly event: PixelEvent }
  /** Kept from every destination. `why`: one sentence; `fault`: the hook itself is broken. */
  | { readonly dropped: string; readonly fault?: true }

/**
 * Asks the hook. Of a browser event the page and its pixels already know name, ID and `to`, so these stay. A hook that
 * throws, promises or answers what is no event keeps the event from being sent: what it would have taken out might leave.
 */
export function askBefore(hook: BeforeHook, event: PixelEvent, kind: 'browser' | 'backend', now: number): BeforeResult {
  let answer: unknown
  try {
    answer = hook(structuredClone(event))
  } catch (error) {
    return broken(`threw: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (answer === undefined || answer === null) return { dropped: 'before() of the settings dropped the event.' }
  if (answer instanceof Promise) {
    answer.catch(() => undefined)
    return broken('answered a promise; it must answer at once')
  }
  const fixed = kind === 'browser' ? { event: event.event, event_id: event.event_id, to: event.to } : {}
  const parsed = parseEvent(typeof answer === 'object' ? { ...answer, ...fixed } : answer, {
    now,
    newId: () => event.event_id,
  })
  return parsed.ok
    ? { event: parsed.event }
    : broken(`answered no event: ${parsed.issues.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')}`)
}

const broken = (what: string): BeforeResult => ({ dropped: `before() of the settings ${what}.`, fault: true })
