import type { Store } from '../store/store.ts'
import type { Access } from './access/index.ts'
import type { SiteSetup } from './read/setup.ts'
import type { AlertView, Overview, Writes } from './shapes.ts'
import type { TrailView } from './trail/index.ts'
import type { ShownInstance, ShownNotice } from './view.ts'

/** What a change came to: a sentence either way. */
export type Done = { readonly done: string } | { readonly refused: string }

type Change<K extends keyof Writes> = (given: Writes[K]) => Promise<Done>

/** The changes one can make; what is absent cannot be done here. */
export interface Control {
  readonly switch?: Change<'switch'>
  readonly probe?: Change<'probe'>
  readonly token?: Change<'token'>
  readonly resend?: Change<'resend'>
  readonly replay?: Change<'replay'>
  readonly discard?: Change<'discard'>
  readonly break?: Change<'break'>
}

/** The alerts, wherever they are made. */
export interface AlertDeps {
  list(): readonly AlertView[] | Promise<readonly AlertView[]>
  /** @param until epoch ms; a time that has passed ends the silence */
  mute(rule: string, subject: string, until: number): Promise<Done>
  test(): Promise<Done>
}

export type SystemFacts = Omit<Overview['system'], 'ackP50Ms' | 'ackP99Ms'>

export interface DashboardDeps {
  readonly store: Pick<Store, 'recent' | 'counts' | 'endings'>
  /** The configured destinations as they are now; read anew for each answer. */
  readonly instances: readonly ShownInstance[]
  /** Who may read it; absent: nobody. */
  readonly access?: Access
  /** Where logins and changes are told, without secrets. */
  readonly audit?: (entry: Readonly<Record<string, unknown>>) => void
  /** What went wrong behind an answer 503. */
  readonly log?: (error: unknown) => void
  /** What was counted over time; absent: nothing is. */
  readonly trail?: () => Promise<TrailView>
  readonly system?: () => SystemFacts
  /** What the set-up page shows of each site. */
  readonly sites?: () => readonly SiteSetup[]
  readonly control?: Control
  readonly alerts?: AlertDeps
  /** Demo only: what a platform's simulator counted, a list of `Conversion` or a state with it under `counted`. */
  readonly platformView?: (platform: string) => unknown
  /** What there is to see to in an instance's settings; asked at each reading, for time alone changes it. */
  readonly noticesOf?: (instance: string, now: number) => readonly ShownNotice[]
  /** Epoch ms. */
  readonly now: () => number
  /** What the demo shows of itself; asked anew for each answer. */
  readonly demo?: Overview['demo'] | (() => NonNullable<Overview['demo']>)
  /** Pause between two readings of the store while someone listens. */
  readonly pollMs?: number
  /** Folders with the page's files. */
  readonly assets?: readonly string[]
}

/** Nothing was counted. */
export const emptyTrail = (now: number): TrailView => ({
  at: now,
  facts: { since: now, errors: [], lastSuccess: {}, births: {}, scripts: {}, pixels: {} },
  parts: [],
  isShared: () => false,
  gauges: () => ({ held: 0, retrying: 0 }),
})
