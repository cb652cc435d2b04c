import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../shared/event.ts'
import { handlesOf, keepableClicks, mayBorrow, withClicks } from '../../server/pair/click-vault.ts'

const at = Date.UTC(2026, 10, 21)
const event = (fields: Partial<StoredEvent> = {}): StoredEvent => ({
  event: 'purchase',
  event_id: '019a7f00-0000-7000-a000-000000000000',
  event_time: at,
  keys: { meta: {}, reddit: {}, snapchat: {} },
  ...fields,
})
const clicks = { fbclid: { value: 'F', at: at - 5 }, rdt_cid: { value: 'R' } }

describe('handles', () => {
  test('an order, an ID that the site gave, people; never an ID that the pixel made', () => {
    const keys = { meta: { external_id: ['x'], em: ['e'] }, reddit: {}, snapchat: {} }
    expect(handlesOf(event({ order_id: '7', keys }), false)).toEqual(['order:7', 'person:x'])
    expect(handlesOf(event({ event_id: 'cart-9', keys }), true)).toEqual(['event:cart-9', 'person:x', 'email:e'])
    expect(handlesOf(event(), true)).toEqual([])
  })
})

describe('what may be kept', () => {
  test.each<[string, StoredEvent['consent'], boolean, string[]]>([
    ['nothing was asked', undefined, false, ['fbclid', 'rdt_cid']],
    ['the site asks, and silence is no yes', undefined, true, []],
    ['a yes', { state: 'granted' }, true, ['fbclid', 'rdt_cid']],
    ['a no', { state: 'denied' }, false, []],
    ['a yes with limits', { state: 'granted', limited: true }, true, []],
    ['a no to one platform', { state: 'granted', per: { meta: 'denied' } }, true, ['rdt_cid']],
  ])('%s', (_sentence, consent, mustAsk, names) => {
    const kept = keepableClicks(event({ context: { click_ids: clicks }, ...(consent && { consent }) }), mustAsk)
    expect(Object.keys(kept)).toEqual(names)
  })
  test('a click without a time was first seen with its event', () => {
    expect(keepableClicks(event({ context: { click_ids: clicks } }), false)).toEqual({
      fbclid: { value: 'F', at: at - 5 },
      rdt_cid: { value: 'R', at },
    })
  })
})

describe('who may borrow', () => {
  test.each<[string, Parameters<typeof mayBorrow>[0], boolean]>([
    ['a back end alone', [{ kind: 'backend', event: event() }], true],
    ['a browser told of it too', [{ kind: 'backend', event: event() }, { kind: 'browser' }], false],
    ['it has click IDs', [{ kind: 'backend', event: event({ context: { click_ids: clicks } }) }], false],
    ['a no', [{ kind: 'backend', event: event({ consent: { state: 'denied' } }) }], false],
    ['limits', [{ kind: 'backend', event: event({ consent: { limited: true } }) }], false],
  ])('%s', (_sentence, copies, may) => {
    expect(mayBorrow(copies)).toBe(may)
  })
  test('the event keeps the rest of its context', () => {
    const lent = { ScCid: { value: 'S', at } }
    expect(withClicks(event({ context: { ip: '192.0.2.1' } }), lent).context).toEqual({
      ip: '192.0.2.1',
      click_ids: lent,
    })
  })
})
