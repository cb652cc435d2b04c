import type { SentCopy } from './commands.ts'
import { eventKey, orderKey } from '../keys.ts'
import { type FoundEvent, foundColumns, type Ledger } from './ledger.ts'

export interface Found {
  /** Undefined: the copy is the first of its key. */
  readonly event?: FoundEvent
  /** The copy names an order that another key owns. */
  readonly foreignOrder: boolean
  /** The key of the order that the copy names. */
  readonly order?: Uint8Array
}

/** Which key a copy belongs to. */
export function createFind({ db, secret }: Ledger) {
  const byKey = db.prepare(`SELECT ${foundColumns} FROM events e WHERE e.key = ?`)
  const byAlias = db.prepare(`SELECT ${foundColumns} FROM aliases a JOIN events e ON e.id = a.event WHERE a.key = ?`)
  const addAlias = db.prepare('INSERT OR IGNORE INTO aliases (key, event) VALUES (?, ?)')

  const find = (site: string, name: string, eventId: string): FoundEvent | undefined => {
    const key = eventKey(site, name, eventId)
    return (byKey.get(key) ?? byAlias.get(key)) as FoundEvent | undefined
  }

  /**
   * The first key that names an order owns it, and a copy under an ID that is not known yet joins the owner.
   * A copy whose own key is known stays there even when another key owns its order: that key may have been sent under its
   * ID, and moving a copy would tear it apart. Both then try to send, and the order's reservation lets one of them through.
   */
  const findForCopy = (copy: SentCopy): Found => {
    const own = find(copy.site, copy.name, copy.eventId)
    if (copy.orderId === undefined) return { event: own, foreignOrder: false }
    const order = orderKey(secret, copy.site, copy.orderId)
    const owner = byAlias.get(order) as FoundEvent | undefined
    if (own && !owner) addAlias.run(order, own.id)
    if (!own && owner) addAlias.run(eventKey(copy.site, copy.name, copy.eventId), owner.id)
    return { event: own ?? owner, foreignOrder: own !== undefined && owner !== undefined && own.id !== owner.id, order }
  }

  const ownOrder = (order: Uint8Array, event: number): void => void addAlias.run(order, event)

  return { find, findForCopy, ownOrder }
}
