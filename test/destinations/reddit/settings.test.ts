import { describe, expect, test } from 'vitest'
import { demoAccounts } from '../../../server/demo/simulators.ts'
import { brief, type Row } from '../findings.ts'

const check = (_what: string, change: Row[1], found: Row[2]) => expect(brief('reddit', change)).toEqual(found)

/** Obviously no tokens: parts of a web token’s shape, and a plain long one. */
const part = 'fake'.repeat(12)
const plainToken = 'fake'.repeat(20)

describe('Reddit 15: settings that look right', () => {
  test.each<Row>([
    ['an ID of the newer kind', {}, []],
    ['an ID of the older kind', { pixel_id: 't2_9x8y7z' }, []],
    ['an ID without its prefix', { pixel_id: 'fsdd12xyz' }, []],
    ['a plain token', { access_token: plainToken }, []],
    ['the demo’s account', { pixel_id: demoAccounts.reddit.pixelId, access_token: demoAccounts.reddit.token }, []],
    ['the older version', { api_version: 'v2.0' }, []],
    ['options', { data_processing_options: { modes: ['LDU'], country: 'US', region: 'CA' } }, []],
    ['options as a word', { data_processing_options: 'LDU' }, []],
    ['a place for visitors who ask for limits', { data_processing_options: { country: 'US', region: 'US-CA' } }, []],
    ['no options', { data_processing_options: [] }, []],
    ['another endpoint', { endpoint: 'http://127.0.0.1:9/sim' }, []],
    ['channels', { action_source: 'physical_store' }, []],
  ])('%s', check)
})

describe('Reddit 15: a pasted token', () => {
  const cut = ['wrong access_token paste']
  test.each<[string, string, string[]]>([
    ['cut short, with two parts', `eyJ${part}.${part}`, cut],
    ['cut short, with an empty end', `eyJ${part}.${part}.`, cut],
    ['an end of 42', `eyJ${part}.${part}.${'f'.repeat(42)}`, cut],
    ['an end of 43', `eyJ${part}.${part}.${'f'.repeat(43)}`, []],
    ['39 characters', 'f'.repeat(39), ['odd access_token paste']],
    ['40 characters', 'f'.repeat(40), []],
    ['white space around, and cut', ` ${'f'.repeat(20)} `, ['odd access_token paste', 'odd access_token paste']],
    ['a token of Meta', `EAA${'x'.repeat(187)}`, ['wrong access_token token']],
    ['the pixel’s ID', 'a2_fsdd12xyz', ['wrong access_token token']],
    ['some ID', '00000000-0000-4000-8000-000000000000', ['wrong access_token token']],
  ])('%s', (what, access_token, found) => check(what, { access_token }, found))
})

describe('Reddit 1: a pasted pixel ID', () => {
  const [wrong, odd] = [['wrong pixel_id pixel_id'], ['odd pixel_id pixel_id']]
  test.each<[string, string, string[]]>([
    ['white space around another platform’s', ' 123456789012345 ', [...wrong, 'odd pixel_id paste']],
    ['an address without its beginning', 'ads.reddit.com/a2_fsdd12xyz', wrong],
    ['Snapchat’s shape', '00000000-0000-4000-8000-00000000d340', wrong],
    ['Meta’s shape', '100000000000001', wrong],
    ['Meta’s ad account', 'act_1234567', wrong],
    ['digits alone', '123456789012', odd],
    ['a community', 't5_2qh33', wrong],
    ['a prefix that Reddit’s pixels do not have', 'b2_fsdd12xyz', odd],
    ['a prefix in upper case', 'A2_FSDD12XYZ', odd],
    ['a prefix alone', 'a2_', odd],
    ['the token', plainToken, wrong],
  ])('%s', (what, pixel_id, found) => check(what, { pixel_id }, found))
})

describe('Reddit 12 and 5: other settings', () => {
  const options = ['wrong data_processing_options unhealthy']
  test.each<Row>([
    ['a test ID in quotation marks', { test_id: '"t-1"', test_until: 1 }, ['wrong test_id paste']],
    ['a test ID that is empty', { test_id: '', test_until: 1 }, ['wrong test_id test']],
    ['a channel under v2.0', { api_version: 'v2.0', action_source: 'app' }, ['odd action_source version']],
    ['the usual channel under v2.0', { api_version: 'v2.0', action_source: 'website' }, []],
    ['a user name that is none', { reddit_user: 'shop ads' }, ['odd reddit_user unhealthy']],
    ['the whole address', { endpoint: 'https://ads-api.reddit.com/api/v3/pixels' }, ['wrong endpoint unhealthy']],
    ['Snapchat’s word', { data_processing_options: ['LMU'] }, options],
    ['a mode that is none', { data_processing_options: 'CCPA' }, options],
    ['Meta’s country', { data_processing_options: { modes: 'LDU', country: 1 } }, options],
    ['a region in words', { data_processing_options: { modes: 'LDU', region: 'California' } }, options],
    ['a flag', { data_processing_options: true }, options],
    ['Meta’s names', { data_processing_options: { state: 1000 } }, options],
  ])('%s', check)
})
