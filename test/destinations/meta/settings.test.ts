import { describe, expect, test } from 'vitest'
import { demoAccounts } from '../../../server/demo/simulators.ts'
import { brief, find, type Row } from '../findings.ts'
import { fakeToken } from '../vectors.ts'

const check = (_what: string, change: Row[1], found: Row[2]) => expect(brief('meta', change)).toEqual(found)

/** Obviously no token: `EAA` and letters up to this length. */
const token = (length: number): string => 'EAA' + 'x'.repeat(length - 3)
/** Limits by place, in Meta's three keys. */
const limitsIn = (state: number) => ({
  data_processing_options: {
    data_processing_options: ['LDU'],
    data_processing_options_country: 1,
    data_processing_options_state: state,
  },
})

describe('Meta 1: settings that are in order', () => {
  test.each<Row>([
    ['the least', {}, []],
    ['the demo’s', { pixel_id: demoAccounts.meta.pixelId, access_token: demoAccounts.meta.token }, []],
    ['an older version', { api_version: 'v21.0' }, []],
    ['a version without its letter', { api_version: '25.0' }, []],
    ['a gateway', { endpoint: 'https://gateway.shop.example/meta' }, []],
    ['limits by a list', { data_processing_options: ['LDU'] }, []],
    ['limits by place', limitsIn(1000), []],
    ['no limits', { data_processing_options: [] }, []],
    ['messages', { action_source: 'business_messaging' }, []],
    ['a shop, in capitals', { action_source: 'Physical_Store' }, []],
    ['the largest batch', { batch_size: 1000 }, []],
  ])('%s', check)
})

describe('Meta 1: the token', () => {
  const [wrong, odd] = [['wrong access_token paste'], ['odd access_token paste']]
  test.each<[string, string, string[]]>([
    ['with more behind it', `${token(190)}&expires=60`, wrong],
    ['a pixel ID', '1234567890', ['wrong access_token token']],
    ['an app’s', `123456|${'x'.repeat(27)}`, ['wrong access_token token']],
    ['another platform’s', `eyJ${'x'.repeat(400)}`, ['wrong access_token token']],
    ['in lower case', fakeToken.toLowerCase(), odd],
    ['without its beginning', fakeToken.slice(3), odd],
    ['99 characters', token(99), wrong],
    ['100 characters', token(100), odd],
    ['149 characters', token(149), odd],
    ['150 characters', token(150), []],
    ['190 characters', token(190), []],
    ['300 characters', token(300), []],
    ['301 characters', token(301), odd],
    ['with a stroke inside', `${token(100)}-${'x'.repeat(90)}`, odd],
  ])('%s', (what, access_token, found) => check(what, { access_token }, found))
})

describe('Meta 1: the pixel ID', () => {
  const [wrong, odd] = [['wrong pixel_id pixel_id'], ['odd pixel_id pixel_id']]
  test.each<[string, string, string[]]>([
    ['a token', fakeToken, wrong],
    ['Snapchat’s', '11111111-2222-4333-8444-555555555555', wrong],
    ['Reddit’s', 'a2_example', wrong],
    ['Reddit’s, of the older kind', 't2_example', wrong],
    ['an ad account', 'act_123456789012345', wrong],
    ['as a spreadsheet writes it', '1.23457E+14', wrong],
    ['letters', 'shop-pixel', wrong],
    ['9 digits', '123456789', odd],
    ['10 digits', '1234567890', []],
    ['20 digits', '1'.repeat(20), []],
    ['21 digits', '1'.repeat(21), odd],
  ])('%s', (what, pixel_id, found) => check(what, { pixel_id }, found))
})

describe('Meta 1, 3, 12 and 14: other settings', () => {
  const limits = { wrong: ['wrong data_processing_options unhealthy'], odd: ['odd data_processing_options unhealthy'] }
  test.each<Row>([
    ['a version without its end', { api_version: 'v26' }, ['wrong api_version version']],
    ['an endpoint with a version', { endpoint: 'https://graph.facebook.com/v26.0' }, ['wrong endpoint version']],
    [
      'an endpoint with a path',
      { endpoint: 'https://graph.facebook.com/1234567890/events' },
      ['wrong endpoint version'],
    ],
    ['an endpoint with a query', { endpoint: 'https://graph.facebook.com?access_token=x' }, ['wrong endpoint version']],
    ['a test code of another kind', { test_event_code: 'abc', test_until: 1 }, ['odd test_event_code test']],
    ['a channel nobody knows', { action_source: 'shop' }, ['wrong action_source unhealthy']],
    ['a batch too large', { batch_size: 1001 }, ['odd batch_size unhealthy']],
    ['Snapchat’s word for limits', { data_processing_options: ['LMU'] }, limits.odd],
    ['a word for limits nobody knows', { data_processing_options: 'limited' }, limits.wrong],
    ['limits that are no words', { data_processing_options: true }, limits.wrong],
    ['limits in Reddit’s shape', { data_processing_options: { modes: ['LDU'], country: 'US' } }, limits.odd],
    ['limits in a state that is none', limitsIn(5), limits.odd],
  ])('%s', check)

  test('all at once are all told', () => {
    const findings = find('meta', {
      ...{
        pixel_id: 'x',
        access_token: 'y',
        api_version: 'v25',
        endpoint: 'https://a.example/v1',
        test_event_code: 'z',
      },
      ...{ test_mode: true, test_id: 't', email_rule: 'dots', hash_ip: true, reddit_user: 'u', action_source: 'a' },
      ...{ default_calling_code: 'x', batch_size: 9999, data_processing_options: 1 },
    })
    expect(findings.length).toBe(14)
  })
})
