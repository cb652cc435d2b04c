import type { ClickIdName } from '../../shared/click-ids.ts'

/** What the click-ID vault is told, is asked, and lends. */

/** Click ID → its value and when it was first seen, epoch ms. */
export type Clicks = Readonly<Partial<Record<ClickIdName, { readonly value: string; readonly at: number }>>>

/** What one event of a browser shows of its visitor. */
export interface Sighting {
  readonly site: string
  /** The visitor's ID of our cookie. */
  readonly visitor?: string
  /** Other ways to the visitor (`order:…`, `event:…`, `person:…`), kept as HMACs. The newest visitor has them. */
  readonly handles: readonly string[]
  readonly clicks: Clicks
  /** The page's address, without its query. */
  readonly landing?: string
}

export interface Hint {
  readonly site: string
  readonly handles: readonly string[]
  /** Epoch ms: a click that was first seen later is not lent. */
  readonly before: number
}

/** What the vault lends. */
export interface Lent {
  readonly clicks: Clicks
  /** Where the newest click landed. */
  readonly landing?: string
  /** When the visitor was last seen. */
  readonly lastAt: number
}
