import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import gpp from '../../client/features/gpp.ts'
import limited from '../../client/features/limited.ts'
import { closePage, newPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  Reflect.deleteProperty(window, '__gpp')
  closePage()
})

type Tell = (data: unknown, isDone: boolean) => void
const usnat = (fields: object) => ({ usnat: [{ Version: 1, SaleOptOut: 2, ...fields }] })
const ping = (parsedSections: unknown, more: object = {}) => ({ signalStatus: 'ready', parsedSections, ...more })

/** A tool in this state; the answer moves it to another. `old`: it tells a new listener nothing. */
function addTool(state: unknown, old = false): (next: unknown) => void {
  let listener: Tell | undefined
  setGlobal('__gpp', (command: string, tell: Tell) => {
    if (command === 'ping') tell(state, true)
    else if (command === 'addEventListener') {
      listener = tell
      if (!old) tell({ eventName: 'listenerRegistered', data: true, pingData: state }, true)
    }
  })
  return (next) => {
    state = next
    listener?.({ eventName: 'signalStatus', data: 'ready', pingData: next }, true)
  }
}
/** Where nobody is asked. */
const open = (config: PixelConfig = {}) => start({ features: [limited, gpp], ...config })
const told = async () => {
  const before = postedEvents().length
  window.pairpixel?.('track', 'Lead')
  await settle()
  return postedEvents()[before]?.consent
}
const limits = { source: 'gpp', limited: true }

describe('what a tool answers', () => {
  test.each<[string, unknown, unknown]>([
    ['no sale', ping(usnat({ SaleOptOut: 1 })), limits],
    ['no sharing', ping(usnat({ SharingOptOut: 1 })), limits],
    ['no targeted advertising', ping({ usva: [{ TargetedAdvertisingOptOut: 1 }] }), limits],
    ['in the second of two sections', ping({ ...usnat({}), usca: [{ SaleOptOut: 1 }] }), limits],
    ['in a section with several parts', ping({ usca: [{ Version: 1 }, { SharingOptOut: 1 }] }), limits],
    ['in a section that is no list', ping({ usnat: { SaleOptOut: 1 } }), limits],
    ['no objection', ping(usnat({ SharingOptOut: 2, TargetedAdvertisingOptOut: 2 })), undefined],
    ['nothing that applies', ping(usnat({ SaleOptOut: 0 })), undefined],
    ['a notice alone', ping(usnat({ SaleOptOutNotice: 1 })), undefined],
    ['no sections', ping({}), undefined],
    ['not yet', ping(usnat({ SaleOptOut: 1 }), { signalStatus: 'not ready' }), undefined],
    ['a stub', { cmpStatus: 'stub' }, undefined],
    ['empty parts', ping({ usnat: [null], usca: null }), undefined],
    ['nothing', undefined, undefined],
  ])('%s', async (_what, state, expected) => {
    for (const old of [false, true]) {
      Reflect.deleteProperty(window, 'pairpixel')
      addTool(state, old)
      open()
      expect(await told()).toEqual(expected)
    }
  })

  test('it failed', async () => {
    setGlobal('__gpp', (_command: string, tell: Tell) => {
      tell({ pingData: ping(usnat({ SaleOptOut: 1 })), ...ping(usnat({ SaleOptOut: 1 })) }, false)
      throw new Error('theirs')
    })
    open()
    expect(await told()).toBeUndefined()
  })
})

test('the visitor changes their mind, and changes it back', async () => {
  const move = addTool(ping(usnat({})))
  open()
  expect(await told()).toBeUndefined()
  move(ping(usnat({ SaleOptOut: 1 })))
  expect(await told()).toEqual(limits)
  // What they choose now is not known yet.
  move(ping(usnat({}), { signalStatus: 'not ready' }))
  expect(await told()).toEqual(limits)
  move(ping(usnat({})))
  expect(await told()).toBeUndefined()
})

test.each([
  [4999, limits],
  [5251, undefined],
])('a tool that comes after %i ms', async (ms, expected) => {
  open()
  vi.advanceTimersByTime(ms)
  addTool(ping(usnat({ SaleOptOut: 1 })))
  vi.advanceTimersByTime(250)
  expect(await told()).toEqual(expected)
})

test.each([['0'], [0], [false]])('switched off on a page: %s', async (off) => {
  addTool(ping(usnat({ SaleOptOut: 1 })))
  open({ gpp: off })
  expect(await told()).toBeUndefined()
})

describe('where visitors are asked', () => {
  const ask = (config: PixelConfig = {}) => start({ features: [consent, limited, gpp], ...config })

  test('an objection is no yes, and a tool without one is no no', async () => {
    addTool(ping(usnat({ SaleOptOut: 1 })))
    const pixel = ask()
    pixel.track('Lead')
    await settle()
    expect(posted).toEqual([])
    pixel.consent('granted', { source: 'gcm' })
    await settle()
    expect(postedEvents().map((event) => event.consent)).toEqual([{ state: 'granted', source: 'gcm', limited: true }])
  })

  test('nor is it somebody who has spoken', async () => {
    addTool(ping(usnat({ SaleOptOut: 1 })))
    ask({ consentFallback: 'granted' }).track('Lead')
    vi.advanceTimersByTime(5000)
    await settle()
    expect(postedEvents().map((event) => event.consent)).toEqual([{ state: 'granted', limited: true }])
  })
})

test('Meta’s pixel is told while it waits for its library', () => {
  const queue: unknown[][] = [['init', '111']]
  const fbq = Object.assign((...call: unknown[]) => void queue.push(call), { queue })
  setGlobal('fbq', fbq)
  const move = addTool(ping(usnat({})))
  open()
  expect(queue).toHaveLength(1)
  move(ping(usnat({ SaleOptOut: 1 })))
  expect(queue.map((call) => Array.from(call))).toEqual([
    ['dataProcessingOptions', ['LDU'], 0, 0],
    ['init', '111'],
  ])
})
