import { ledger } from './001-ledger.ts'
import { vault } from './002-vault.ts'
import { delivery } from './003-delivery.ts'
import { erasure } from './004-erasure.ts'
import { inOrder } from './005-in-order.ts'
import { ended } from './006-ended.ts'

/** Forward only: the schema's version is how many of these have run. Never edit one that was released; add the next. */
export const migrations: readonly string[] = [ledger, vault, delivery, erasure, inOrder, ended]
