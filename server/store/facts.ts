import type { KeyObject } from 'node:crypto'
import type { Facts } from './store.ts'
import { orderFact } from './keys.ts'

const compared = ['value', 'currency', 'order', 'items'] as const satisfies readonly (keyof Facts)[]

/** Both state it, and not the same. */
export const factsDiffer = (a: Facts, b: Facts): boolean =>
  compared.some(
    (fact) => (a[fact] ?? undefined) !== undefined && (b[fact] ?? undefined) !== undefined && a[fact] !== b[fact],
  )

/** As they rest: the order number never in clear. */
export const restingFacts = (secret: KeyObject, site: string, facts: Facts): Facts =>
  facts.order === undefined ? facts : { ...facts, order: orderFact(secret, site, facts.order) }
