import { describe, expect, test } from 'vitest'
import type { Json } from '../vectors.ts'
import { send, warned } from './send.ts'

const wire = (country: number, state: number) => ({
  data_processing_options: ['LDU'],
  data_processing_options_country: country,
  data_processing_options_state: state,
})
const ofEvent = (options: Json) => ({ platform: { meta: options } })
const limited = { consent: { state: 'granted', limited: true } }
const place = (country: unknown, state: unknown) => ({
  data_processing_options_country: country,
  data_processing_options_state: state,
})
const asked = { data_processing_options: ['LDU'] }

describe('Meta 12: limited data use', () => {
  test.each<[string, Json, unknown, Json | undefined]>([
    ['nobody asked', {}, undefined, undefined],
    ['an explicit no', ofEvent({ data_processing_options: [] }), undefined, undefined],
    ['a setting’s explicit no', {}, [], undefined],
    ['the visitor asked', limited, undefined, wire(0, 0)],
    [
      'the visitor asked, the event says no',
      { ...limited, ...ofEvent({ data_processing_options: [] }) },
      [],
      wire(0, 0),
    ],
    ['the setting: a list', {}, ['LDU'], wire(0, 0)],
    ['the setting: the word alone', {}, 'LDU', wire(0, 0)],
    ['the setting: in lower case', {}, ['ldu'], wire(0, 0)],
    ['the setting: three keys', {}, { ...asked, ...place(1, 1000) }, wire(1, 1000)],
    ['the setting: numbers as text', {}, { ...asked, ...place('1', '1013') }, wire(1, 1013)],
    ['the visitor asked, the setting knows the place', limited, place(1, 1005), wire(1, 1005)],
    ['the event: three keys', ofEvent({ ...asked, ...place(1, 1004) }), undefined, wire(1, 1004)],
    [
      'the event: the word and a country',
      ofEvent({ data_processing_options: 'LDU', data_processing_options_country: 1 }),
      undefined,
      wire(1, 0),
    ],
    ['the event: a place alone takes the setting’s word', ofEvent(place(1, 1004)), ['LDU'], wire(1, 1004)],
    ['the event: the word alone takes the setting’s place', ofEvent(asked), place(1, 1004), wire(1, 1004)],
    ['the event says no, the setting yes', ofEvent({ data_processing_options: [] }), ['LDU'], undefined],
    ['a state names its country', ofEvent({ ...asked, data_processing_options_state: 1000 }), undefined, wire(1, 1000)],
    ['a place without a word', ofEvent(place(1, 1000)), undefined, undefined],
  ])('%s', (_what, change, data_processing_options, want) => {
    const { event, warnings } = send(change, { data_processing_options })
    const sent = Object.fromEntries(Object.entries(event!).filter(([key]) => key.startsWith('data_processing')))
    expect(sent).toEqual(want ?? {})
    expect(warnings).toEqual([])
  })

  test.each<[string, Json, unknown, Json]>([
    ['Snapchat’s word', {}, 'LMU', wire(0, 0)],
    ['Reddit’s shape', {}, { modes: ['LDU'], country: 'US' }, wire(0, 0)],
    ['a word nobody knows', {}, ['DELETE'], {}],
    ['a number', {}, 1, {}],
    [
      'an unreadable word of the event leaves the setting’s',
      ofEvent({ data_processing_options: 'XYZ' }),
      ['LDU'],
      wire(0, 0),
    ],
    ['a state before the first', {}, { ...asked, ...place(1, 999) }, wire(0, 0)],
    ['a state after the last', {}, { ...asked, ...place(1, 1014) }, wire(0, 0)],
    ['a state without the country it is of', {}, { ...asked, ...place(0, 1000) }, wire(0, 0)],
    ['an unknown country', {}, { ...asked, ...place(2, 0) }, wire(0, 0)],
    ['a country in letters', {}, { ...asked, ...place('US', 1000) }, wire(0, 0)],
  ])('told of: %s', (_what, change, data_processing_options, want) => {
    const { event, warnings } = send(change, { data_processing_options })
    const sent = Object.fromEntries(Object.entries(event!).filter(([key]) => key.startsWith('data_processing')))
    expect(sent).toEqual(want)
    expect(warnings?.map(({ field }) => field.split('.').at(-1))).toEqual(['data_processing_options'])
  })

  test('Meta cannot find a place without an address', () => {
    const change = { ...limited, context: { user_agent: 'UA' } }
    expect(warned(change)).toEqual(['data_processing_options'])
    expect(warned(change, { data_processing_options: place(1, 1000) })).toEqual([])
  })
})
