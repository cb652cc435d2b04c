import { describe, expect, test } from 'vitest'
import { destinations } from '../../server/destinations/index.ts'
import { mapFor } from '../../server/destinations/mapping.ts'
import { protect } from '../../server/match-keys/protect.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { PlatformName } from '../../shared/names.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import { at, type Json } from './vectors.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const input: Json = {
  event: 'quiz_done',
  event_id: 'q1',
  event_time: now,
  url: 'https://shop.example/quiz',
  value: 30,
  currency: 'EUR',
  user: { email: 'jane@shop.example' },
  context: {
    ip: '203.0.113.7',
    user_agent: 'UA/1',
    screen_width: 1440,
    screen_height: 900,
    click_ids: { rdt_cid: 'c' },
  },
  props: {
    plan: 'pro',
    score: '87',
    nested: { deep: 'x' },
    big: 'y'.repeat(501),
    exact: '19.90',
    spaced: ' x ',
    odd: { toString: 1, valueOf: 1 },
  },
}

/** One event through the settings of one instance. */
function send(platform: PlatformName, settings: object, change: Json = {}, pixel?: PixelState) {
  const tree = { destinations: { [platform]: { pixel_id: '1', access_token: 'fake', ...settings } } }
  const instance = checkTree(tree).sites[0]!.instances[0]!
  const parsed = parseEvent({ ...input, ...change }, { now, newId: () => 'new' })
  if (!parsed.ok) throw new Error('the input is wrong')
  const mapped = mapFor(destinations[platform], protect(parsed.event).event, instance, now, pixel)
  if ('skip' in mapped) return { skip: mapped.skip }
  return { name: mapped.name, payload: mapped.payload as Json, warnings: mapped.warnings.map(({ field }) => field) }
}

describe('which events go', () => {
  test.each<[string, object, string, boolean]>([
    ['a list takes those on it', { events: ['quiz_done'] }, 'quiz_done', true],
    ['and no other', { events: ['purchase'] }, 'quiz_done', false],
    ['any spelling of a name', { events: ['Lead'] }, 'generate_lead', true],
    ['all but some', { events: { except: ['page_view', 'quiz_done'] } }, 'quiz_done', false],
    ['all but others', { events: { except: ['page_view'] } }, 'quiz_done', true],
    ['only and except together', { events: { only: ['quiz_done'], except: ['QuizDone'] } }, 'quiz_done', true],
    ['a rule that skips', { map: [{ when: [{ field: 'value', max: 30 }], skip: true }] }, 'quiz_done', false],
    ['a rule that skips others', { map: [{ when: [{ field: 'value', max: 29 }], skip: true }] }, 'quiz_done', true],
  ])('%s', (_what, settings, event, goes) => {
    expect(send('meta', settings, { event }).skip).toBe(goes ? undefined : 'filtered')
  })
})

describe('names', () => {
  test.each<[string, PlatformName, object, Json, string | undefined]>([
    ['a custom event to a standard one', 'meta', { rename: { quiz_done: 'Lead' } }, {}, 'Lead'],
    ['in any spelling', 'meta', { rename: { 'Quiz-Done': 'generate_lead' } }, { event: 'Quiz-Done' }, 'Lead'],
    ['at Reddit', 'reddit', { rename: { quiz_done: 'Lead' } }, {}, 'Lead'],
    ['at Snapchat', 'snapchat', { rename: { quiz_done: 'Lead' } }, {}, 'SIGN_UP'],
    ['to one of Snapchat’s five', 'snapchat', { rename: { quiz_done: 'CUSTOM_EVENT_3' } }, {}, 'CUSTOM_EVENT_3'],
    ['a standard event to a custom one', 'meta', { rename: { Subscribe: 'Joined' } }, { event: 'subscribe' }, 'Joined'],
    ['back at Reddit', 'reddit', { rename: { sign_up: 'Joined us' } }, { event: 'sign_up' }, 'Joined us'],
    [
      'a condition goes before a plain rename',
      'meta',
      { rename: { quiz_done: 'Lead' }, map: [{ when: [{ field: 'props.plan', is: 'pro' }], name: 'StartTrial' }] },
      {},
      'StartTrial',
    ],
    [
      'the first rule that holds',
      'meta',
      { map: [{ when: [{ field: 'value', min: 31 }], name: 'A' }, { name: 'B' }, { name: 'C' }] },
      {},
      'B',
    ],
    ['an event that no rule names', 'meta', { rename: { other: 'Lead' } }, {}, 'quiz_done'],
  ])('%s', (_what, platform, settings, change, name) => {
    expect(send(platform, settings, change).name).toBe(name)
  })

  test.each<[string, Json, PixelState | undefined, string]>([
    ['the pixel told its name', { names: { meta: 'Subscribe' } }, 'requested', 'Subscribe'],
    ['the pixel fired and told none: it had other rules', {}, 'requested', 'quiz_done'],
    ['the pixel was called', {}, 'called', 'quiz_done'],
    ['the pixel was blocked, so nothing has to be matched', {}, 'blocked', 'Lead'],
    ['no pixel spoke', {}, undefined, 'Lead'],
  ])('one name on both sides: %s', (_what, change, pixel, name) => {
    expect(send('meta', { rename: { quiz_done: 'Lead' } }, change, pixel).name).toBe(name)
  })
})

describe('conditions', () => {
  test.each<[string, object[], boolean]>([
    ['none: always', [], true],
    ['equality', [{ field: 'props.plan', is: 'pro' }], true],
    ['equality of another', [{ field: 'props.plan', is: 'Pro' }], false],
    ['a number equals its text', [{ field: 'props.score', is: 87 }], true],
    ['one of a list', [{ field: 'props.plan', in: ['free', 'pro'] }], true],
    ['none of a list', [{ field: 'props.plan', not_in: ['free', 'pro'] }], false],
    ['an absent field is none of a list', [{ field: 'props.gone', not_in: ['free'] }], true],
    ['an absent field equals nothing', [{ field: 'props.gone', is: 'undefined' }], false],
    ['a number in another spelling', [{ field: 'props.exact', is: 19.9 }], true],
    ['text with white space around it', [{ field: 'props.spaced', is: 'x' }], true],
    ['an object is like nothing', [{ field: 'props.odd', is: 'x' }], false],
    ['an object is none of a list', [{ field: 'props.odd', not_in: ['x'] }], true],
    ['an object is in no range', [{ field: 'props.odd', min: 0 }], false],
    ['a range below', [{ field: 'value', min: 30.01 }], false],
    ['a range at its start', [{ field: 'value', min: 30, max: 40 }], true],
    ['a range at its end', [{ field: 'value', min: 20, max: 30 }], true],
    ['a range above', [{ field: 'value', max: 29.99 }], false],
    ['a range over text that is a number', [{ field: 'props.score', min: 80, max: 90 }], true],
    ['a range over text that is none', [{ field: 'props.plan', min: 0 }], false],
    ['a nested property', [{ field: 'props.nested.deep', is: 'x' }], true],
    [
      'all of them have to hold',
      [
        { field: 'value', min: 1 },
        { field: 'props.plan', is: 'free' },
      ],
      false,
    ],
  ])('%s', (_what, when, holds) => {
    expect(send('meta', { map: [{ when, name: 'Lead' }] }).name).toBe(holds ? 'Lead' : 'quiz_done')
  })
})

describe('fields', () => {
  const set = (set: object, platform: PlatformName = 'meta', change: Json = {}) =>
    send(platform, { map: [{ set }] }, { event: 'purchase', order_id: 'A1', ...change })

  test.each<[string, object, readonly string[], unknown]>([
    ['an amount from a property', { value: 'props.score' }, ['custom_data', 'value'], 87],
    ['a fixed amount', { value: { value: 5 } }, ['custom_data', 'value'], 5],
    ['a fixed currency', { currency: { value: 'usd' } }, ['custom_data', 'currency'], 'USD'],
    ['an order number', { order_id: 'props.plan' }, ['custom_data', 'order_id'], 'pro'],
    ['a field of one’s own', { 'custom.plan': 'props.plan' }, ['custom_data', 'plan'], 'pro'],
    [
      'the screen, where somebody asks for it',
      { 'custom.width': 'context.screen_width' },
      ['custom_data', 'width'],
      1440,
    ],
    ['a field of the platform’s list', { 'platform.predicted_ltv': 'value' }, ['custom_data', 'predicted_ltv'], 30],
    ['an absent property changes nothing', { value: 'props.gone' }, ['custom_data', 'value'], 30],
  ])('%s', (_what, fields, path, value) => {
    const { payload, warnings } = set(fields)
    expect(at(payload, path)).toBe(value)
    expect(warnings).toEqual([])
  })

  test.each<[string, object, string, readonly string[], unknown]>([
    ['text that is no amount', { value: 'props.plan' }, 'value', ['custom_data', 'value'], 30],
    [
      'a field that the platform does not list',
      { 'platform.nonsense': 'value' },
      'platform.meta',
      ['custom_data', 'nonsense'],
      undefined,
    ],
    ['an object', { 'custom.all': 'props.nested' }, 'custom.all', ['custom_data', 'all'], undefined],
    ['a text without end', { 'custom.big': 'props.big' }, 'custom.big', ['custom_data', 'big'], undefined],
  ])('%s is left as it was, with a warning', (_what, fields, warned, path, value) => {
    const { payload, warnings } = set(fields)
    expect(at(payload, path)).toBe(value)
    expect(warnings).toContain(warned)
  })

  test('Snapchat keeps own fields in a place of their own', () => {
    const { payload } = set({ 'custom.plan': 'props.plan' }, 'snapchat')
    expect(at(payload, ['custom_data', 'custom_fields'])).toEqual({ plan: 'pro' })
  })

  test('a mapped currency lets a purchase go that had none', () => {
    const change = { currency: null }
    expect(send('meta', {}, { event: 'purchase', ...change }).skip).toBe('missing_currency')
    expect(set({ currency: { value: 'GBP' } }, 'meta', change).name).toBe('Purchase')
  })
})
