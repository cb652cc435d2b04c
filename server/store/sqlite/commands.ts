import type { Fired } from '../../../shared/pixel-state.ts'
import type { Hint, NewCopy, RecentFilter, ReplayFilter, Reservation, Settlement, Sighting } from '../store.ts'
import type { Person } from '../people.ts'
import type { FaultKind } from './faults.ts'

/** A copy without its body; such texts travel beside the commands, in order, as they rest. */
export type SentCopy = Omit<NewCopy, 'event' | 'eventText'> & { readonly hasBody?: true }

/** A settlement without its explanation, which travels as text like a copy's body. */
export type SentSettlement = WithoutExplanation<Settlement> & { readonly isExplained?: true }
type WithoutExplanation<One> = One extends Settlement ? Omit<One, 'explanation'> : never

/** How far an erasure has come. */
export interface ErasePlace {
  readonly in: 'names' | 'bodies' | 'texts'
  readonly after: number
}

export type Command =
  | { readonly do: 'append'; readonly copies: readonly SentCopy[] }
  | {
      readonly do: 'prove'
      readonly site: string
      readonly name: string
      readonly eventId: string
      readonly fired: Fired
      readonly now: number
    }
  | {
      readonly do: 'claim'
      readonly instance: string
      readonly limit: number
      readonly leaseMs: number
      readonly now: number
    }
  | { readonly do: 'renew'; readonly token: string; readonly leaseMs: number; readonly now: number }
  | { readonly do: 'stillMine'; readonly token: string; readonly now: number }
  | {
      readonly do: 'reserve'
      readonly token: string
      readonly reservations: readonly Reservation[]
      readonly now: number
    }
  | { readonly do: 'settle'; readonly token: string; readonly results: readonly SentSettlement[]; readonly now: number }
  | { readonly do: 'removeInstances'; readonly known: readonly string[]; readonly now: number }
  | { readonly do: 'remember'; readonly sightings: readonly Sighting[]; readonly now: number }
  | { readonly do: 'forget'; readonly site: string; readonly visitor: string }
  | { readonly do: 'revoke'; readonly site: string; readonly visitor: string; readonly now: number }
  | { readonly do: 'replay'; readonly deliveries: readonly number[]; readonly forced: boolean; readonly now: number }
  | { readonly do: 'discard'; readonly deliveries: readonly number[]; readonly why: string }
  | { readonly do: 'erase'; readonly person: Person; readonly at: ErasePlace; readonly now: number }
  | { readonly do: 'readmit'; readonly person: Person }
  | { readonly do: 'note'; readonly name: string; readonly text?: string | undefined }
  | { readonly do: 'tidy'; readonly now: number }
  /** After a tidy: gives pages back, and takes what was forgotten out of the journal too. */
  | { readonly do: 'shrink' }
  | Query

export type Query =
  | { readonly do: 'recent'; readonly filter: RecentFilter }
  | { readonly do: 'counts' }
  | { readonly do: 'recall'; readonly hints: readonly Hint[] }
  | { readonly do: 'ended'; readonly filter: ReplayFilter; readonly limit: number; readonly after: number }
  | { readonly do: 'endings'; readonly limit: number; readonly after: number }
  | { readonly do: 'noted'; readonly name: string }

/** Asked of the reading thread: to copy from the journal into the file. */
export type Checkpoint = { readonly do: 'checkpoint' }

/** What a thread is asked: commands as one JSON text (an object graph would cost more to copy than to parse), or to end. */
export type Ask = { readonly commands: string; readonly bodies: readonly string[] } | 'end'

/** One a command, in order. `value` is JSON. */
export type Answer = { readonly value: string } | { readonly error: string }

/** `fault`: nothing of the group was kept, in one sentence. `wrote`: the commit changed the file. */
export type Reply =
  | { readonly answers: readonly Answer[]; readonly wrote: boolean }
  | { readonly fault: string; readonly kind?: FaultKind }

/** First word of a thread. */
export type Started = { readonly started: true } | { readonly code: string; readonly message: string }

/** Appending one copy; the rest of what the writer does is one function a command. */
export type Append = (copy: SentCopy, body: string | undefined) => 'stored' | 'joined' | 'duplicate' | 'late'
