import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent, { type ConsentOptions } from '../../client/features/consent.ts'
import tcf, { type TcfOptions } from '../../client/features/tcf.ts'
import { closePage, newPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  Reflect.deleteProperty(window, '__tcfapi')
  closePage()
})

type Tell = (data: unknown, isDone: boolean) => void
/** A consent tool; the answer tells what the visitor chose. */
function addTool(): Tell {
  let listener: Tell | undefined
  setGlobal('__tcfapi', (command: string, version: number, tell: Tell) => {
    if (command === 'addEventListener' && version === 2) listener = tell
  })
  return (...told) => listener?.(...told)
}
const all = { 1: true, 3: true, 4: true, 7: true }
const choice = (consents: object = all, more: object = {}) => ({
  eventStatus: 'tcloaded',
  gdprApplies: true,
  purpose: { consents },
  vendor: { consents: {} },
  ...more,
})
const open = (options: PixelConfig & ConsentOptions & TcfOptions = {}) =>
  start({ features: [consent, tcf], consentFallback: 'denied', ...options })
const said = async (): Promise<unknown> => {
  await settle()
  return postedEvents()[0]?.consent
}
const yes = { state: 'granted', source: 'tcf' }

describe('what a tool answers', () => {
  test.each<[string, unknown, TcfOptions, unknown]>([
    ['all four purposes', choice(), {}, yes],
    ['the visitor has just chosen', choice(all, { eventStatus: 'useractioncomplete' }), {}, yes],
    ['the dialogue is shown', choice(all, { eventStatus: 'cmpuishown' }), {}, undefined],
    ['one purpose is missing', choice({ 1: true, 3: true, 4: true }), {}, undefined],
    ['one is refused', choice({ ...all, 1: false }), {}, undefined],
    ['other purposes are asked for', choice({ 1: true, 2: true }), { tcfPurposes: '1, 2' }, yes],
    ['a vendor with a yes', choice(all, { vendor: { consents: { 42: true } } }), { tcfVendors: '42' }, yes],
    ['a vendor without one', choice(all, { vendor: { consents: { 7: true } } }), { tcfVendors: '42' }, undefined],
    ['the law does not apply', { gdprApplies: false }, {}, yes],
    ['something unreadable', { eventStatus: 'tcloaded', gdprApplies: true }, {}, undefined],
    ['nothing', undefined, {}, undefined],
  ])('%s', async (_what, data, options, expected) => {
    const tell = addTool()
    open(options).track('Lead')
    tell(data, true)
    expect(await said()).toEqual(expected)
  })

  test('no listener was added', async () => {
    const tell = addTool()
    open().track('Lead')
    tell(choice(), false)
    expect(await said()).toBeUndefined()
  })

  test('a choice that is taken back', async () => {
    const tell = addTool()
    open()
    tell(choice(), true)
    tell(choice({}, { eventStatus: 'useractioncomplete' }), true)
    await settle()
    expect(posted.map(({ body }) => body)).toMatchObject([{ revoke: true }])
  })
})

describe('a tool that comes late', () => {
  test.each([
    ['within five seconds', 4500, yes],
    ['later', 5250, undefined],
  ])('%s', async (_what, ms, expected) => {
    open().track('Lead')
    vi.advanceTimersByTime(ms)
    const tell = addTool()
    vi.advanceTimersByTime(250)
    tell(choice(), true)
    expect(await said()).toEqual(expected)
  })

  test('a visitor may take any time', async () => {
    const tell = addTool()
    open().track('Lead', {}, { id: 'l1' })
    vi.advanceTimersByTime(600_000)
    tell(choice(), true)
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  })

  test('a tool that throws stays in the page’s own log', async () => {
    setGlobal('__tcfapi', () => {
      throw new Error('theirs')
    })
    expect(() => open().track('Lead')).not.toThrow()
    expect(await said()).toBeUndefined()
  })
})
