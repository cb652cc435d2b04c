import type { PixelEvent } from '../shared/event.ts'
import type { Consent } from '../shared/consent.ts'
import { parseEvent } from '../shared/parse-event.ts'
import { isObject, type Issue } from '../shared/parse-field.ts'

/**
 * The operator's own look at each event before it is stored (`before` in a settings file that is code): answers the
 * event, changed or not, or undefined to drop it. Match keys are plain here. It must answer at once, not promise.
 */
export type BeforeHook = (event: PixelEvent) => PixelEvent | undefined

export type BeforeResult =
  | { readonly event: PixelEvent; readonly warnings: readonly Issue[] }
  /** Kept from every destination. `why`: one sentence; `fault`: the hook itself is broken. */
  | { readonly dropped: string; readonly fault?: true }

/**
 * Asks the hook. Of a browser event the page and its pixels already know name, ID and `to`, so these stay, and so does
 * what became of the pixels; no answer takes a visitor's choice back. A hook that throws, promises or answers what is no
 * event keeps the event from being sent: what it would have taken out might leave.
 */
export function askBefore(hook: BeforeHook, event: PixelEvent, kind: 'browser' | 'backend', now: number): BeforeResult {
  try {
    const answer: unknown = hook(structuredClone(event))
    if (answer === undefined || answer === null) return { dropped: 'before() of the settings dropped the event.' }
    if (answer instanceof Promise) {
      answer.catch(() => undefined)
      return broken('answered a promise; it must answer at once')
    }
    if (!isObject(answer) || typeof answer.event !== 'string') return broken('answered no event')
    const { event: name, event_id, to, fired, names } = event
    const parsed = parseEvent(
      {
        event_time: event.event_time,
        ...answer,
        consent: strictest(event.consent, answer.consent as PixelEvent['consent']),
        ...(kind === 'browser' && { event: name, event_id, to, fired, names }),
      },
      { now, newId: () => event_id },
    )
    return parsed.ok
      ? { event: parsed.event, warnings: parsed.warnings }
      : broken(`answered no event: ${parsed.issues.map(({ path, code }) => `${path} ${code}`).join(', ')}`)
  } catch (error) {
    // Its message may quote what it stumbled over, and that may be somebody's address.
    return broken(`threw ${error instanceof Error ? error.constructor.name : 'something'}`)
  }
}

/** Both choices at once: a no, or a limit, of either counts. */
function strictest(visitor: Consent | undefined, answer: Consent | undefined): Consent | undefined {
  if (!visitor || !answer || typeof answer !== 'object') return visitor ?? answer
  const isDenied = [visitor.state, answer.state].includes('denied')
  const denials = Object.entries(visitor.per ?? {}).filter(([, state]) => state === 'denied')
  return {
    ...answer,
    ...visitor,
    ...(isDenied && { state: 'denied' }),
    limited: visitor.limited === true || answer.limited === true,
    per: { ...visitor.per, ...answer.per, ...Object.fromEntries(denials) },
  }
}

const broken = (what: string): BeforeResult => ({ dropped: `before() of the settings ${what}.`, fault: true })
