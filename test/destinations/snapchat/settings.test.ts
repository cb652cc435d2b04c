import { describe, expect, test } from 'vitest'
import { demoAccounts } from '../../../server/demo/simulators.ts'
import { brief, find, type Row } from '../findings.ts'
import { accounts } from '../send.ts'

const { pixel_id: pixelId, access_token: token } = accounts.snapchat

/** Obviously made up, in the form of a signed token: three parts with dots between. */
const signed = ['eyJ' + 'a'.repeat(60), 'b'.repeat(60), 'c'.repeat(40)].join('.')

const check = (_what: string, change: Row[1], found: Row[2]) => {
  expect(brief('snapchat', change)).toEqual(found)
  expect(JSON.stringify(find('snapchat', change))).not.toMatch(/ssss|xxxx|aaaa|bbbb|EAAx|eyJ/)
}

describe('Snapchat 2: settings that are well', () => {
  const { pixelId: pixel_id, token: access_token } = demoAccounts.snapchat
  test.each<Row>([
    ['a pixel and a token', {}, []],
    ['a pixel ID in capitals', { pixel_id: 'ABCDEF12-2222-4333-8444-555555555555' }, []],
    ['a token of just 100 characters', { access_token: 's'.repeat(100) }, []],
    ['a signed token', { access_token: signed }, []],
    ['the demo’s account', { pixel_id, access_token, endpoint: 'http://127.0.0.1:4321' }, []],
    ['the platform’s own address', { endpoint: 'https://tr.snapchat.com' }, []],
    ['limits', { data_processing_options: ['LMU'] }, []],
    ['no limits', { data_processing_options: [] }, []],
    ['a currency', { default_currency: 'EUR' }, []],
    ['no currency', { default_currency: null }, []],
    ['a channel in our word', { action_source: 'physical_store' }, []],
    ['a channel in Snapchat’s word', { action_source: 'OFFLINE' }, []],
    ['an app’s ID, whose form is not known', { action_source: 'app', pixel_id: 'my-app' }, []],
  ])('%s', check)
})

describe('Snapchat 2: the pixel ID', () => {
  const wrong = ['wrong pixel_id pixel_id']
  test.each<Row>([
    ['one of Meta’s', { pixel_id: '123456789012345' }, wrong],
    ['one of Reddit’s', { pixel_id: 'a2_abc123' }, wrong],
    ['a Reddit account', { pixel_id: 't2_abc123' }, wrong],
    ['Reddit’s for an app', { pixel_id: 'a2_abc123', action_source: 'app' }, wrong],
    ['an app’s in quotation marks', { pixel_id: '"my-app"', action_source: 'app' }, ['wrong pixel_id paste']],
    ['the token', { pixel_id: token }, wrong],
    ['no hyphens', { pixel_id: pixelId.replaceAll('-', '') }, wrong],
    ['35 characters', { pixel_id: pixelId.slice(0, 35) }, wrong],
    ['37 characters', { pixel_id: `${pixelId}5` }, wrong],
    ['a UUID that is none', { pixel_id: '11111111-2222-0333-8444-555555555555' }, ['odd pixel_id pixel_id']],
    ['another that is none', { pixel_id: '11111111-2222-4333-7444-555555555555' }, ['odd pixel_id pixel_id']],
  ])('%s', check)
})

describe('Snapchat 2: the access token', () => {
  const [wrong, odd] = ['wrong access_token paste', 'odd access_token paste']
  test.each<Row>([
    ['the pixel ID', { access_token: pixelId }, ['wrong access_token token']],
    ['one of Meta’s', { access_token: 'EAA' + 'x'.repeat(187) }, ['wrong access_token token']],
    ['49 characters', { access_token: 's'.repeat(49) }, [wrong]],
    ['50 characters', { access_token: 's'.repeat(50) }, [odd]],
    ['99 characters', { access_token: 's'.repeat(99) }, [odd]],
    ['a signed token without its last part', { access_token: signed.slice(0, 124) }, [odd]],
    ['a signed token cut at a dot', { access_token: signed.slice(0, 125) }, [odd]],
    ['cut short, with a space', { access_token: 's '.repeat(5) }, [wrong, odd]],
  ])('%s', check)
})

describe('Snapchat 2, 8, 15: settings that do not go with it', () => {
  const [wrong, odd] = [['wrong data_processing_options unhealthy'], ['odd data_processing_options unhealthy']]
  test.each<Row>([
    ['a path in the address', { endpoint: 'https://tr.snapchat.com/v3' }, ['wrong endpoint version']],
    ['Meta’s address', { endpoint: 'https://graph.facebook.com' }, ['wrong endpoint unhealthy']],
    ['Reddit’s address', { endpoint: 'https://ads-api.reddit.com' }, ['wrong endpoint unhealthy']],
    ['the trial host', { endpoint: 'https://tr-shadow.snapchat.com' }, ['odd endpoint test']],
    ['no channel', { action_source: 'shop' }, ['odd action_source unhealthy']],
    ['a currency off the list', { default_currency: 'RSD' }, ['odd default_currency unhealthy']],
    ['another platform’s word', { data_processing_options: ['LDU'] }, odd],
    ['a word alone', { data_processing_options: 'LMU' }, odd],
    ['the text of a list', { data_processing_options: "['LMU']" }, odd],
    ['Reddit’s shape', { data_processing_options: { modes: ['LDU'] } }, odd],
    ['nothing known', { data_processing_options: ['NONE'] }, wrong],
    ['no words', { data_processing_options: true }, wrong],
    ['deletion of everything', { data_processing_options: ['DELETE'] }, odd],
  ])('%s', check)
})
