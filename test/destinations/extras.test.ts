import { expect, test } from 'vitest'
import { createExtrasReader } from '../../server/destinations/extras.ts'
import { flag, number, objectOf, text } from '../../server/destinations/readers.ts'
import { collectWarnings } from '../../server/destinations/wire.ts'
import { anEvent } from '../make.ts'
import { instance, type Json } from './vectors.ts'

const readExtras = createExtrasReader({
  elsewhere: {},
  plan: { place: 'custom', read: text },
  consented: { place: 'user', read: flag },
  device: { place: 'user', read: objectOf({ name: text, width: number }, 'name'), source: 'app' },
  refund: { place: 'custom', read: number, event: 'Refund' },
})

test.each<[what: string, given: Json, found: object, warned: string[]]>([
  [
    'each goes where it belongs',
    { plan: ' a ', consented: 'true' },
    { user: { consented: true }, custom: { plan: 'a' } },
    [],
  ],
  [
    'a no and a zero are values',
    { consented: false, refund: 0 },
    { user: { consented: false }, custom: { refund: 0 } },
    [],
  ],
  ['nothing is no fault', { plan: '', consented: null, nonsense: null }, {}, []],
  ['what other code reads is passed by', { elsewhere: 1 }, {}, []],
  ['the wrong kind', { plan: {}, consented: 'maybe' }, {}, ['platform.meta.plan', 'platform.meta.consented']],
  [
    'a part of the wrong kind',
    { device: { name: 'x', width: 'wide' } },
    { user: { device: { name: 'x' } } },
    ['platform.meta.device.width'],
  ],
  ['without a part that is needed', { device: { width: 1 } }, {}, ['platform.meta.device']],
  [
    'a part off the list',
    { device: { name: 'x', colour: 'red' } },
    { user: { device: { name: 'x' } } },
    ['platform.meta.device'],
  ],
  [
    'keys off the list, once, after all others',
    { nonsense: 1, constructor: 2, plan: [] },
    {},
    ['platform.meta.plan', 'platform.meta'],
  ],
])('%s', (_what, given, found, warned) => {
  const { warnings, warn } = collectWarnings()
  const event = anEvent({ platform: { meta: given, reddit: { plan: 'other' } } })
  const read = readExtras(event, instance('meta'), { name: 'Refund', source: 'app' }, warn)
  expect(read).toEqual({ user: {}, custom: {}, ...found })
  expect(warnings.map(({ field }) => field)).toEqual(warned)
  // Nobody knows what stands in the name of an unknown key.
  expect(JSON.stringify(warnings)).not.toMatch(/nonsense|constructor|colour/)
})

test.each([
  ['of this source and name', 'app', 'Refund', []],
  ['of another source', 'website', 'Refund', ['platform.meta.device']],
  ['of another name', 'app', 'Purchase', ['platform.meta.refund']],
])('what only some events have, in one %s', (_what, source, name, warned) => {
  const { warnings, warn } = collectWarnings()
  const event = anEvent({ platform: { meta: { device: { name: 'x' }, refund: 5 } } })
  const { user, custom } = readExtras(event, instance('meta'), { name, source }, warn)
  expect(warnings.map(({ field }) => field)).toEqual(warned)
  expect(Object.keys({ ...user, ...custom })).toHaveLength(2 - warned.length)
})
