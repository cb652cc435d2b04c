import { afterEach, describe, expect, test } from 'vitest'
import type { Store } from '../../server/store/store.ts'
import { appendContract } from './contract-append.ts'
import { consentContract } from './contract-consent.ts'
import { deliverContract } from './contract-deliver.ts'
import { eraseContract } from './contract-erase.ts'
import { lostContract } from './contract-lost.ts'
import { replayContract } from './contract-replay.ts'
import { settleContract } from './contract-settle.ts'
import { vaultContract } from './contract-vault.ts'
import { aCopy, claimAt, delivered, holdMs, start, stateOf, to } from './make.ts'

const due = start + holdMs

/**
 * What every store must do. A driver's own test file calls it. Each test has a fresh store from `open`; `reopen` is for
 * stores that outlive the process: it opens again what `open` opened last and was closed.
 */
export function storeContract(name: string, open: () => Promise<Store>, reopen?: () => Promise<Store>): void {
  describe(name, () => {
    const opened: Store[] = []
    const fresh = async () => {
      const store = await open()
      opened.push(store)
      return store
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
    })

    appendContract(fresh)
    consentContract(fresh)
    deliverContract(fresh)
    settleContract(fresh)
    replayContract(fresh)
    lostContract(fresh)
    vaultContract(fresh)
    eraseContract(fresh)

    test.skipIf(!reopen)('all of it survives a restart; claims do not, marks in flight do', async () => {
      let store = await fresh()
      const copy = aCopy({ eventId: 'e', orderId: '5', fired: { meta: 'called' }, deliveries: to('meta', 'reddit') })
      await store.append([copy, aCopy({ eventId: 'alias', orderId: '5', kind: 'backend' })])
      const { token, deliveries } = await claimAt(store, due)
      await store.reserve(token, [{ delivery: deliveries[0]!.delivery, keys: ['k'] }], due)
      await store.erase({ site: 'shop', names: ['order:gone'] }, due)
      const [rows, counts] = [await store.recent({ limit: 9 }), await store.counts()]
      await store.close()
      store = await reopen!()
      opened.push(store)
      expect(await store.recent({ limit: 9 })).toEqual(rows)
      expect(await store.counts()).toEqual(counts)
      expect(await store.append([copy])).toEqual(['duplicate'])
      await store.append([aCopy({ eventId: 'late', orderId: 'gone' })])
      expect(await stateOf(store, 'late')).toBe('suppressed erased')
      expect((await claimAt(store, due)).deliveries).toEqual([{ ...deliveries[0], inFlight: true }])
      expect(await store.settle(token, [delivered(deliveries[0]!.delivery)], due)).toBe(false)
    })
  })
}
