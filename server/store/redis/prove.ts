import type { Fired } from '../../../shared/pixel-state.ts'
import { eventPlace, type Ground, mostTries, put, readAnswer, shardAt } from './ground.ts'
import { firedBy, type Identity } from './ledger.ts'

/** Keeps a later word on an event's pixels; false: no such event. */
export function createProve(ground: Ground) {
  return async (key: Identity, fired: Fired, now: number): Promise<boolean> => {
    let at = eventPlace(key)
    for (let tries = 0; tries < mostTries; tries++) {
      const shard = shardAt(ground, at.shard)
      const answer = readAnswer(((await ground.calls.run(shard, 'get', 0, at.id)) as string[])[0] ?? '-')
      if (answer.is === 'alias') {
        at = eventPlace({ site: key.site, ...answer.of })
        continue
      }
      if (answer.is !== 'there') return false
      const { version, event } = answer.stored
      const merged = firedBy(event.fired, fired)
      if (merged === event.fired) return true
      event.fired = merged
      const [done] = await put(ground, shard, 'append', now, [{ id: at.id, want: version, event, ops: [] }])
      if (done?.is === 'done') return true
    }
    return false
  }
}
