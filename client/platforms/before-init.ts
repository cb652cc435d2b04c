import type { PlatformName } from '../../shared/names.ts'

export type Call = ArrayLike<unknown> & Iterable<unknown>

/** A word that counts for what is begun after it: calls on its subject, which of them say it, and the call that does. */
export type Word = readonly [about: RegExp, says: RegExp, ...call: unknown[]]

/** What a platform's library takes in the page. `init`: it reads limits as options of its `init`, not as a call. */
interface Hooks {
  readonly yes: readonly string[]
  readonly no: Word
  readonly limits: Word | { readonly init: Readonly<Record<string, unknown>> }
}

/** Snapchat's library has no such words: its limits reach it through the collector alone. */
export const hooks: Partial<Readonly<Record<PlatformName, Hooks>>> = {
  meta: {
    yes: ['consent', 'grant'],
    no: [/^consent /, /revoke/, 'consent', 'revoke'],
    // 0, 0: Meta itself finds out where the visitor is.
    limits: [/^dataProc/, /LDU/, 'dataProcessingOptions', ['LDU'], 0, 0],
  },
  reddit: {
    yes: ['enableFirstPartyCookies'],
    no: [/^\w+ableFirstPartyCookies/, /^dis/, 'disableFirstPartyCookies'],
    limits: { init: { dpm: 'LDU' } },
  },
}

/** The libraries were written for `arguments`, not for lists: Meta's reads a list as something else. */
const asCall = function (): Call {
  // eslint-disable-next-line prefer-rest-params -- a list is not what the libraries read
  return arguments
} as (...call: unknown[]) => Call

/** Command and first argument. Meta also takes a list with the whole call in it. */
const textOf = (call: Call): string => {
  const [command, first] = Array.isArray(call[0]) ? (call[0] as unknown[]) : call
  return `${String(command)} ${String(first)}`
}

/**
 * Sees to it that a word holds where the calls that wait for a library begin a pixel: it comes behind the last call on
 * its subject, or else in front of the first `init`, and of a lock, which may hold back all calls after it. Where it
 * holds, nothing changes.
 * @param isNews whether it must be the last word on its subject even where all pixels have begun with another
 */
export function sayBefore(queue: Call[], [about, says, ...call]: Word, isNews?: unknown): void {
  let place: number | undefined
  let holds = false
  let hasBegun: unknown
  for (let at = 0; at < queue.length; at++) {
    const text = textOf(queue[at]!)
    if (about.test(text)) {
      holds = says.test(text)
      place = at + 1
    } else if (/^(init|consent) /.test(text)) {
      place ??= at
      if (text.startsWith('init ')) {
        hasBegun = 1
        if (holds) continue
        queue.splice(place++, 0, asCall(...call))
        holds = true
        at++
      }
    }
  }
  if (!holds && (isNews || !hasBegun)) queue.splice(place ?? queue.length, 0, asCall(...call))
}

/** Adds options to each `init` that waits; the page's own objects stay as they are. */
export function addOptions(queue: Call[], options: Readonly<Record<string, unknown>>): void {
  queue.forEach((call, at) => {
    const [command, id, given, ...rest] = call
    const own = (Object(given) === given ? given : {}) as Record<string, unknown>
    if (command === 'init' && Object.keys(options).some((name) => own[name] !== options[name]))
      queue[at] = asCall(command, id, { ...own, ...options }, ...rest)
  })
}
