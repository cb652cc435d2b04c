import type { Consent } from '../../../shared/consent.ts'
import type { Fired } from '../../../shared/pixel-state.ts'
import { factsDiffer } from '../../store/facts.ts'
import type { Claimed, CopyKind, NewCopy, NewDelivery } from '../../store/store.ts'
import { browserFamily } from './browsers.ts'

/** As much of a copy as is counted: nothing of it names a person, and nothing holds the copy itself. */
export interface ToldCopy {
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly at: number
  readonly kind: CopyKind
  readonly consent: 'granted' | 'denied' | 'unknown'
  readonly browser?: string
  readonly fired?: Fired
  readonly deliveries: readonly NewDelivery[]
}

export const toldCopy = ({ site, name, eventId, receivedAt, kind, event, fired, deliveries }: NewCopy): ToldCopy => ({
  site,
  name,
  eventId,
  at: receivedAt,
  kind,
  consent: event?.consent?.state ?? (isDenied(deliveries) ? 'denied' : 'unknown'),
  ...(kind === 'browser' && { browser: browserFamily(event?.context?.user_agent) }),
  ...(fired && { fired }),
  deliveries,
})

/** Of a copy that was not kept, only its deliveries tell why. */
const isDenied = (deliveries: readonly NewDelivery[]): boolean =>
  deliveries.length > 0 && deliveries.every(({ suppressed }) => suppressed === 'consent_denied')

/** As much of a claimed delivery as its end is counted with. */
export interface ToldClaim {
  readonly delivery: number
  readonly instance: string
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly firstAt: number
  readonly attempts: number
  readonly fired: Fired
  /** Of an event that waits, the copy that came first: its hold goes by it. */
  readonly first?: { readonly kind: CopyKind; readonly consent?: Consent }
  /** Between the first copies of the two kinds. */
  readonly gapMs?: number
  readonly conflict: boolean
}

export function toldClaim(claimed: Claimed): ToldClaim {
  const { delivery, instance, site, name, eventId, firstAt, attempts, fired, copies } = claimed
  const browser = copies.find(({ kind }) => kind === 'browser')
  const backend = copies.find(({ kind }) => kind === 'backend')
  const [first] = copies
  return {
    ...{ delivery, instance, site, name, eventId, firstAt, attempts, fired },
    ...(browser && backend && { gapMs: Math.abs(backend.receivedAt - browser.receivedAt) }),
    ...(first && { first: { kind: first.kind, consent: first.event?.consent } }),
    conflict: first !== undefined && copies.some((copy) => factsDiffer(first.facts, copy.facts)),
  }
}
