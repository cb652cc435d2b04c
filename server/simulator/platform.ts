export type PlatformName = 'meta' | 'reddit' | 'snapchat'

/** The one pixel and the one token a simulated platform knows. */
export interface Account {
  readonly pixelId: string
  readonly token: string
}

/** One request to a platform's server API, as the rules see it. */
export interface Call {
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** From `Authorization: Bearer`. */
  readonly bearer?: string
  readonly userAgent?: string
  readonly contentType: string
  readonly text: string
  readonly now: number
  /** What was accepted before, for the answers that report it. */
  readonly log: readonly ServerEvent[]
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text goes out as it is, an object as JSON. */
  readonly body: string | object
}

/** What both copies of a conversion have in common; the platform's dedup keys are made of it. */
export interface Copy {
  readonly event: string
  readonly id?: string
  readonly order?: string
  readonly channel?: string
  readonly value?: number
  readonly currency?: string
  /** When it arrived, epoch ms: the windows run from here. */
  readonly at: number
}

/** An event the server API took. `warnings`: what the platform takes but advises against. */
export interface ServerEvent extends Copy {
  /** Asked for as a test and therefore not counted; at Meta a test counts all the same. */
  readonly test: boolean
  readonly counts: boolean
  readonly warnings: readonly string[]
  readonly body: unknown
}

/** A hit of the browser pixel. */
export interface Hit extends Copy {
  readonly pixel: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Verdict {
  readonly answer: Answer
  readonly accepted: readonly ServerEvent[]
}

/** A dedup key and how long after the first copy it still joins. */
export interface DedupKey {
  readonly key: string
  readonly windowMs: number
}

/** One platform's rules: what its API answers, and what it takes for the same conversion. */
export interface Platform {
  readonly name: PlatformName
  readonly routes: readonly { readonly method: 'get' | 'post'; readonly path: RegExp }[]
  answer(call: Call): Verdict
  rateLimited(call: Call, retryAfterS?: number): Answer
  down(call: Call): Answer
  tokenRevoked(call: Call): Answer
  dedupKeys(copy: Copy): readonly DedupKey[]
}

export const refusal = (answer: Answer): Verdict => ({ answer, accepted: [] })

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
