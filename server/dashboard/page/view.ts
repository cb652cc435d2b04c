import type { Answer } from './api.ts'
import type { Child } from './dom.ts'
import type { Place } from './route.ts'

/** What a view shows. `placed` runs when it is on the page, for what draws itself. */
export interface Shown {
  readonly title: string
  readonly body: readonly Child[]
  readonly placed?: (main: HTMLElement) => void
}

/** A view reads what it needs and answers what it shows; drawn again, only what changed is touched. */
export type View = (place: Place) => Promise<Answer<Shown>>

/** An answer made into what is shown. */
export const shown = <T>(answer: Answer<T>, make: (value: T) => Shown): Answer<Shown> =>
  answer.ok ? { ok: true, value: make(answer.value) } : answer
