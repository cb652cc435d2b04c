import { describe, expect, test } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { at, type Json } from '../vectors.ts'
import { send, v2 } from './send.ts'

const ldu = { modes: ['LDU'] }
const here = { ...ldu, country: 'US', region: 'US-CA' }
const own = (data_processing_options: unknown): Json => ({ platform: { reddit: { data_processing_options } } })
const site = (data_processing_options: unknown): Partial<InstanceSettings> => ({ data_processing_options })
const path = ['user', 'data_processing_options']

describe('Reddit 5: data processing options', () => {
  test.each<[string, unknown, unknown]>([
    ['the whole object', here, here],
    ['modes as comma text', { modes: 'LDU', country: 'US', region: 'US-CA' }, here],
    ['modes as text with blanks and commas', { modes: ' LDU, ' }, ldu],
    ['modes in lower case', { modes: ['ldu'] }, ldu],
    ['a mode twice', { modes: ['LDU', 'LDU'] }, ldu],
    ['a mode beside an unknown one', { modes: 'LDU,LMU' }, ldu],
    ['a list', ['LDU'], ldu],
    ['the word alone', 'LDU', ldu],
    ['a region without its country', { modes: ['LDU'], country: 'US', region: 'CA' }, { ...here, region: 'CA' }],
    [
      'a region with a digit',
      { modes: ['LDU'], country: 'FR', region: 'FR-2A' },
      { ...ldu, country: 'FR', region: 'FR-2A' },
    ],
    ['codes in lower case, with blanks', { modes: ['LDU'], country: ' us ', region: ' us-ca' }, here],
    ['a country alone', { modes: ['LDU'], country: 'US' }, { ...ldu, country: 'US' }],
    ['a region alone', { modes: ['LDU'], region: 'US-CA' }, { ...ldu, region: 'US-CA' }],
    ['a country in words', { modes: ['LDU'], country: 'United States', region: 'US-CA' }, { ...ldu, region: 'US-CA' }],
    ['a region in words', { modes: ['LDU'], country: 'US', region: 'California' }, { ...ldu, country: 'US' }],
    ['a region with an underscore', { modes: ['LDU'], region: 'US_CA' }, ldu],
    ['Meta’s numbers', { modes: ['LDU'], country: 1, region: 1000 }, ldu],
    ['null and blank codes', { modes: ['LDU'], country: null, region: '' }, ldu],
    ['a member that Reddit does not know', { modes: ['LDU'], state: 'CA' }, ldu],
    ['no modes', [], undefined],
    ['an empty list of modes', { modes: [], country: 'US' }, undefined],
    ['a place without modes', { country: 'US', region: 'US-CA' }, undefined],
    ['nothing', {}, undefined],
    ['null', null, undefined],
    ['blank text', '', undefined],
    ['Snapchat’s word', 'LMU', undefined],
    ['a number', 1, undefined],
    ['a flag', true, undefined],
  ])('%s', (_what, given, want) => {
    for (const version of [{}, v2]) {
      expect(at(send({}, { ...version, ...site(given) }).event, path)).toEqual(want)
      expect(at(send(own(given), version).event, path)).toEqual(want)
    }
  })

  test.each<[string, Json, unknown, unknown]>([
    ['the event’s own go first', own({ modes: ['LDU'], country: 'CA' }), here, { ...ldu, country: 'CA' }],
    ['no limits of the event’s own go before the setting’s', own([]), ['LDU'], undefined],
    ['the event says the place, the setting the mode', own({ region: 'US-CA' }), ldu, { ...ldu, region: 'US-CA' }],
    ['the event says the mode, the setting the place', own('LDU'), { country: 'US', region: 'US-CA' }, here],
    ['what the event says cannot be read', own(7), here, here],
    ['the event’s word is another platform’s', own(['LMU']), here, here],
    ['the event says null', own(null), here, here],
    ['the visitor asks for limits', { consent: { limited: true } }, undefined, ldu],
    [
      'the visitor asks, the setting has the place',
      { consent: { limited: true } },
      { country: 'US', region: 'US-CA' },
      here,
    ],
    ['the visitor asks, the event says none', { consent: { limited: true }, ...own([]) }, undefined, ldu],
    ['the visitor asks for none', { consent: { limited: false } }, ['LDU'], ldu],
    ['the older word', { platform: { reddit: { opt_out: true } } }, undefined, ldu],
    ['the older word as text', { platform: { reddit: { opt_out: 'true' } } }, undefined, ldu],
    ['the older word says no', { platform: { reddit: { opt_out: false } } }, undefined, undefined],
    ['the older word cannot be read', { platform: { reddit: { opt_out: 'maybe' } } }, undefined, undefined],
    ['another platform’s options', { platform: { meta: { data_processing_options: ['LDU'] } } }, undefined, undefined],
  ])('%s', (_what, change, setting, want) => {
    expect(at(send(change, site(setting)).event, path)).toEqual(want)
    expect(at(send(change, { ...v2, ...site(setting) }).event, path)).toEqual(want)
  })

  test('the older word itself is never sent, not even to v2.0', () => {
    for (const version of [{}, v2])
      expect(at(send({ platform: { reddit: { opt_out: true } } }, version).event, ['user', 'opt_out'])).toBeUndefined()
  })

  test('of a sale in a shop they go as well', () => {
    expect(at(send({ action_source: 'physical_store' }, site(here)).event, path)).toEqual(here)
  })

  const field = 'data_processing_options'
  test.each<[string, Json, string[]]>([
    ['nothing is wrong', own(here), []],
    ['an unknown mode', own(['LDU', 'XYZ']), [field]],
    ['a country in words', own({ ...here, country: 'USA' }), [field]],
    ['a region in words', own({ ...here, region: 'California' }), [field]],
    ['a shape that is none', own(true), [field]],
    ['a member too many', own({ ...here, state: 'CA' }), [field]],
    ['the older word cannot be read', { platform: { reddit: { opt_out: 'maybe' } } }, ['platform.reddit.opt_out']],
  ])('warnings: %s', (_what, change, fields) => {
    expect(send(change).warned).toEqual(fields)
  })

  test('a broken setting is no fault of each event', () => {
    expect(send({}, site({ modes: ['XYZ'], country: 'USA' })).warned).toEqual([])
  })
})
