import type { PixelState } from '../../shared/pixel-state.ts'
import type { Kit } from '../kit.ts'
import { attempt, safe } from '../safe.ts'
import type { WireBatch, WireEvent } from '../wire.ts'

/** What became of an event between this page and the collector. */
export type Reply =
  | 'waiting' // for consent, or for a shared request
  | 'posted' // no answer yet
  | 'taken'
  | 'refused'
  | 'unseen' // by a beacon, which has no answer
  | 'failed' // kept for later where there is the retry feature

/** An event as the overlay knows it. */
export interface SeenEvent {
  readonly event: WireEvent
  reply: Reply
  /** Why it was refused, in the collector's words. */
  issues: string
}

/** All that was seen, events oldest first. It only ever grows; whoever shows it looks again. */
export interface Seen {
  readonly events: SeenEvent[]
  /** Hosts whose script or request failed on this page, each with how. */
  readonly blocked: Map<string, string>
  /** What the collector last said of a whole batch that it did not take. */
  refusal?: string
  /** Posts without an answer since the last one with an answer. */
  failures: number
  /** IDs that a call gave and the pixel could not use. */
  readonly badIds: string[]
  /** Who said the last word on consent, when it was said after we came. */
  consentSource?: string
}

/** What the collector writes into the answer to a batch. */
interface Answer {
  readonly error?: { readonly code?: string; readonly message?: string }
  readonly refused?: readonly {
    readonly index: number
    readonly issues?: readonly { readonly field?: string; readonly message?: string }[]
  }[]
}

/** The latest events are enough: a page may live long. */
const mostEvents = 100

/**
 * Listens at the kit, in front of all features, and changes nothing. `log` gets a line for each decision.
 * A host that fails is told by the page's own events, which fire for scripts and forbidden addresses.
 */
export function watch(kit: Kit, log: (line: string) => void): Seen {
  const before = { ...kit }
  const seen: Seen = { events: [], blocked: new Map(), failures: 0, badIds: [] }

  const find = (event: WireEvent): SeenEvent => {
    const to = String(event.to)
    let found = seen.events.find(
      (one) => one.event.event_id === event.event_id && one.event.event === event.event && String(one.event.to) === to,
    )
    if (!found) {
      found = { event, reply: 'waiting', issues: '' }
      seen.events.push(found)
      seen.events.splice(0, seen.events.length - mostEvents)
      log(`${nameOf(event)}: ${event.origin ? `seen at ${event.origin}` : 'told by the page'}`)
    }
    return found
  }
  const note = safe((event: WireEvent) => void find(event))

  kit.makeEvent = (name, props, options) => {
    const event = before.makeEvent(name, props, options)
    attempt(() => {
      const given = String(options?.id ?? '').trim()
      if (given && given !== event.event_id) {
        seen.badIds.push(given)
        log(`${nameOf(event)}: the given ID cannot be used, so a fresh one was made`)
      }
    })
    return event
  }
  kit.takeEvent = (...call) => {
    before.takeEvent(...call)
    // Afterwards, for features decide where it goes; a page view that the page told every platform of goes nowhere.
    if (call[0].to?.length !== 0) note(call[0])
  }
  kit.noteState = (...call) => {
    before.noteState(...call)
    note(call[0])
  }
  kit.postBatch = (batch, leaving) => {
    const events = (batch.events ?? []).map((event) => attempt(() => find(event)))
    for (const one of events) if (one) one.reply = 'posted'
    const answer = before.postBatch(batch, leaving)
    attempt(() => void follow(batch, events, answer, leaving).catch(() => undefined))
    return answer
  }

  async function follow(
    { events: sent = [], proofs = [] }: WireBatch,
    events: readonly (SeenEvent | undefined)[],
    posted: Promise<Response | undefined> | undefined,
    leaving: unknown,
  ): Promise<void> {
    const what = [sent.length && `${sent.length} event(s)`, proofs.length && `${proofs.length} later state(s)`]
      .filter(Boolean)
      .join(', ')
    const settle = (reply: Reply): void => events.forEach((one) => one && (one.reply = reply))
    const answer = await posted
    if (!answer && (leaving || !posted)) {
      settle('unseen')
      log(`posted ${what || 'a withdrawal'} without waiting for an answer`)
      return
    }
    if (!answer) {
      seen.failures++
      settle('failed')
      log(`posted ${what}: no answer that settles it`)
      return
    }
    seen.failures = 0
    const said = (await answer
      .clone()
      .json()
      .catch(() => ({}))) as Answer
    if (!answer.ok) seen.refusal = said.error?.message ?? `Status ${answer.status}.`
    else delete seen.refusal
    settle(answer.ok ? 'taken' : 'refused')
    for (const { index, issues = [] } of said.refused ?? []) {
      const one = events[index]
      if (!one) continue
      one.reply = 'refused'
      one.issues = issues.map(({ field, message }) => [field, message].filter(Boolean).join(' ')).join('; ')
      log(`${nameOf(one.event)}: refused, ${one.issues}`)
    }
    log(`posted ${what}: ${answer.status}${answer.ok ? '' : ` ${seen.refusal ?? ''}`}`)
  }

  const commands = { ...kit.publicCommands } as { consent?: (...said: unknown[]) => void }
  if (commands.consent)
    kit.publicCommands.consent = (state, ...more: unknown[]) => {
      attempt(() => {
        seen.consentSource = (more[0] as { source?: string } | undefined)?.source ?? 'api'
        log(`consent: ${state} (${seen.consentSource})`)
      })
      commands.consent?.(state, ...more)
    }

  const fail = safe((address: string, how: string) => {
    const { host } = new URL(address, location.href)
    if (!seen.blocked.has(host)) log(`${host}: ${how}`)
    seen.blocked.set(host, how)
  })
  addEventListener(
    'error',
    ({ target }) => {
      const { src } = target as Partial<HTMLScriptElement>
      if (src) fail(src, 'its script did not load')
    },
    true,
  )
  addEventListener(
    'securitypolicyviolation',
    ({ blockedURI, effectiveDirective }) => {
      if (/^http/.test(blockedURI))
        fail(blockedURI, `forbidden by the page's Content-Security-Policy (${effectiveDirective})`)
    },
    true,
  )
  return seen
}

export const nameOf = ({ event, event_id: id }: WireEvent): string => `${event} ${id}`

/** Logs each state of a platform's pixel once, however it came about. Asked again and again. */
export function createStateLog(log: (line: string) => void): (seen: Seen) => void {
  const told = new WeakMap<SeenEvent, Record<string, PixelState>>()
  return (seen) => {
    for (const one of seen.events) {
      const last = told.get(one) ?? {}
      const now = { ...one.event.fired }
      for (const [platform, state] of Object.entries(now))
        if (last[platform] !== state) log(`${nameOf(one.event)}: ${platform} ${state}`)
      told.set(one, now)
    }
  }
}
