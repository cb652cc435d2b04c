import { describe, expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { anEvent } from '../../make.ts'
import { at, type Json } from '../vectors.ts'
import { rowsOf, send, settings } from './send.ts'

describe('Snapchat 4, 5, 11, 16: user_data', () => {
  const url = 'https://shop.example/?SCCID=FromUrl'
  const click = { click_ids: { ScCid: 'Own' } }
  const ofCookie = { cookies: { _scclid: 'Kept' } }
  const person = '542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345'

  rowsOf('user_data.em', [
    ['one value of several goes, the first', { user: { email: ['Person@example.com', 'b@x.example'] } }, [person]],
    ['the first that is one', { user: { email: ['nobody', ' person@example.com '] } }, [person]],
    ['a digest stays one, in lower case', { user: { email: person.toUpperCase() } }, [person]],
  ])
  test('every hashed field is a list of one digest, and no birthday is among them', () => {
    const { event } = send({
      user: {
        email: 'a@x.example',
        phone: ['+44 844 412 4653', '+15554441234'],
        first_name: 'John',
        last_name: 'Doe',
        gender: 'Female',
        city: 'London',
        state: 'CA',
        zip: '94107-1234',
        country: 'us',
        external_id: ['7', '8'],
        date_of_birth: '1990-01-02',
      },
    })
    const fields = ['em', 'ph', 'fn', 'ln', 'ge', 'ct', 'st', 'zp', 'country', 'external_id']
    expect(Object.keys(event?.user_data as Json).sort()).toEqual(fields.toSorted())
    for (const list of Object.values(event?.user_data as Json))
      expect(list).toEqual([expect.stringMatching(/^[\da-f]{64}$/)])
  })

  rowsOf('user_data.client_ip_address', [
    ['the first of a list, in clear', { context: { ip: ' 203.0.113.9 , 8.8.8.8' } }, '203.0.113.9'],
    ['a private one as well', { context: { ip: '10.0.0.1' } }, '10.0.0.1'],
    ['IPv6 in its own spelling', { context: { ip: '2001:0DB8:0::1' } }, '2001:0DB8:0::1'],
    ['IPv4 inside IPv6 as it is', { context: { ip: '::ffff:203.0.113.9' } }, '::ffff:203.0.113.9'],
    ['a port is no part of it', { context: { ip: '203.0.113.9:4711' } }, '203.0.113.9'],
    ['nor are brackets', { context: { ip: '[2001:db8::1]:443' } }, '2001:db8::1'],
    ['words are none', { context: { ip: 'unknown, 8.8.8.8' } }, undefined],
  ])
  rowsOf('user_data.client_user_agent', [
    ['as it came', { context: { user_agent: ' Mozilla/5.0 (X11) ÄÖ ' } }, 'Mozilla/5.0 (X11) ÄÖ'],
  ])
  rowsOf('user_data.sc_click_id', [
    ['the event’s own goes before the address', { url, context: click }, 'Own'],
    ['the address goes before the referrer', { url, referrer: 'https://x.example/?ScCid=Other' }, 'FromUrl'],
    ['the address goes before the cookie', { url, context: ofCookie }, 'FromUrl'],
    ['the referrer goes before the cookie', { referrer: url, context: ofCookie }, 'FromUrl'],
    ['the cookie', { context: ofCookie }, 'Kept'],
    ['no UUID, and its case is kept', { url: 'https://shop.example/?sccid=aBc-1' }, 'aBc-1'],
    ['another platform’s is none', { url: 'https://shop.example/?fbclid=x' }, undefined],
  ])
  rowsOf('user_data.sc_cookie1', [
    [
      'a UUID',
      { context: { cookies: { _scid: '34dd6077-e3a0-4b1c-9f91-a690ea0e335d' } } },
      '34dd6077-e3a0-4b1c-9f91-a690ea0e335d',
    ],
    ['8 characters', { context: { cookies: { _scid: 'a_-.B678' } } }, 'a_-.B678'],
    ['7 characters', { context: { cookies: { _scid: 'abcdefg' } } }, undefined],
    ['128 characters', { context: { cookies: { _scid: 'a'.repeat(128) } } }, 'a'.repeat(128)],
    ['129 characters', { context: { cookies: { _scid: 'a'.repeat(129) } } }, undefined],
    ['others', { context: { cookies: { _scid: 'not a cookie' } } }, undefined],
    ['the second place alone', { context: { cookies: { _scid_r: 'second-1' } } }, 'second-1'],
    ['the first goes before it', { context: { cookies: { _scid_r: 'second-1', _scid: 'first-12' } } }, 'first-12'],
    ['but not what is none', { context: { cookies: { _scid_r: 'second-1', _scid: 'short' } } }, 'second-1'],
    ['nor is the second place believed blindly', { context: { cookies: { _scid_r: 'short' } } }, undefined],
  ])
  rowsOf('user_data.madid', [
    ['an app’s, in clear and in lower case', { action_source: 'app', context: { advertising_id: 'AB-C' } }, 'ab-c'],
    ['none on the web', { context: { advertising_id: 'AB-C', os: 'ios' } }, undefined],
    ['none in a shop', { action_source: 'physical_store', context: { advertising_id: 'AB-C' } }, undefined],
    [
      'none when tracking was refused',
      { action_source: 'app', context: { advertising_id: '00000000-0000-0000-0000-000000000000' } },
      undefined,
    ],
  ])
})

describe('Snapchat 5: national phone numbers', () => {
  const digestOf = (list: string) => list.repeat(64)
  const mapped = (own: Partial<InstanceSettings>) => {
    const result = snapchat.map(
      anEvent({
        keys: { meta: {}, reddit: {}, snapchat: { ph: [digestOf('a')], 'ph+44': [digestOf('b'), digestOf('c')] } },
      }),
      settings(own),
      anEvent().event_time,
    )
    return at(result, ['payload', 'user_data'])
  }
  test.each<[string, Partial<InstanceSettings>, string]>([
    ['as they came', {}, 'a'],
    ['with the code the instance names', { default_calling_code: '44' }, 'b'],
    ['as they came where they were not read with that code', { default_calling_code: '49' }, 'a'],
  ])('%s', (_what, own, letter) => {
    expect(mapped(own)).toEqual({
      ph: [digestOf(letter)],
      client_ip_address: '203.0.113.7',
      client_user_agent: 'test agent',
    })
  })
})

describe('Snapchat 6, 16: custom_data', () => {
  const search = { event: 'search', value: null, currency: null }
  rowsOf('custom_data', [
    ['nothing to say', search, undefined],
    ['a currency alone', { event: 'search', value: null }, { currency: 'USD' }],
    ['a value alone', { event: 'search', currency: null }, undefined],
    ['a currency that is none takes the value along', { event: 'search', currency: 'dollars' }, undefined],
    ['a value below zero is none', { event: 'search', value: -1 }, { currency: 'USD' }],
    ['a default currency is for values alone', { ...search }, undefined, { default_currency: 'EUR' }],
    [
      'a default currency for a value',
      { event: 'search', currency: null },
      { currency: 'EUR', value: 10 },
      { default_currency: 'EUR' },
    ],
    [
      'a default currency for a sum',
      { ...search, items: [{ id: 'a', price: 2 }] },
      expect.objectContaining({ currency: 'EUR', value: 2 }),
      { default_currency: 'EUR' },
    ],
    [
      'what was searched, letter for letter',
      { ...search, search_string: 'Größe “L” 👟' },
      { search_string: 'Größe “L” 👟' },
    ],
  ])
  rowsOf('custom_data.value', [
    ['a number in text', { value: ' 89.99 ' }, 89.99],
    ['zero', { value: '0' }, 0],
    ['a sum to three decimals', { value: null, items: [{ price: 0.1, quantity: 3 }, { price: 0.00049 }] }, 0.3],
    ['an item without price adds nothing', { value: null, items: [{ id: 'a', price: 2 }, { id: 'b' }] }, 2],
    ['one item by default', { value: null, items: [{ price: '1.5' }, { price: 2, quantity: 2 }] }, 5.5],
    ['half an item', { value: null, items: [{ price: 3, quantity: 0.5 }] }, 1.5],
    ['a rebate among the items', { value: null, items: [{ price: 5 }, { price: -2 }] }, 3],
    ['the event’s own stands', { items: [{ price: 99 }] }, 10],
  ])
  rowsOf('custom_data.order_id', [
    ['text', { order_id: ' A-1 ' }, 'A-1'],
    ['a number becomes text', { order_id: 1001 }, '1001'],
  ])
  rowsOf('custom_data.content_ids', [
    [
      'items without ID are skipped, repeats are kept',
      { items: [{ id: 'a' }, { name: 'b' }, { id: 'a' }] },
      ['a', 'a'],
    ],
    ['numbers become text', { items: [{ id: 9 }] }, ['9']],
    ['no ID at all', { items: [{ name: 'b' }] }, undefined],
  ])
  rowsOf('custom_data.content_category', [
    [
      'missing ones are skipped, repeats are kept',
      { items: [{ category: 'x' }, { id: 'b' }, { category: 'x' }] },
      ['x', 'x'],
    ],
  ])
  rowsOf('custom_data.brands', [['one per item that has one', { items: [{ brand: 'x' }, { id: 'b' }] }, ['x']]])
  rowsOf('custom_data.content_name', [
    ['of one item', { items: [{ id: 'a', name: 'Lampe' }] }, 'Lampe'],
    ['not of two', { items: [{ name: 'a' }, { name: 'b' }] }, undefined],
  ])
  rowsOf('custom_data.content_type', [
    ['with items', { items: [{ id: 'a' }] }, 'product'],
    ['without', {}, undefined],
    [
      'a group, where the event says so',
      { items: [{ id: 'a' }], platform: { snapchat: { content_type: 'product_group' } } },
      'product_group',
    ],
    ['no other word', { items: [{ id: 'a' }], platform: { snapchat: { content_type: 'hotel' } } }, 'product'],
  ])
  rowsOf('custom_data.num_items', [
    ['units', { items: [{ id: 'a', quantity: 2 }, { id: 'b' }] }, 3],
    ['parts of units', { items: [{ quantity: 0.1 }, { quantity: 0.2 }] }, 0.3],
    ['none', { items: [{ id: 'a', quantity: 0 }] }, 0],
    ['without items', {}, undefined],
  ])
  rowsOf('custom_data.contents', [
    [
      'what each item has',
      { items: [{ id: 'a', quantity: '2', price: '1.5', brand: 'B', name: 'N', category: 'C' }, { id: 7 }] },
      [
        { id: 'a', quantity: 2, item_price: 1.5, brand: 'B' },
        { id: '7', quantity: 1 },
      ],
    ],
    ['a price of nothing is a price', { items: [{ id: 'a', price: 0 }] }, [{ id: 'a', quantity: 1, item_price: 0 }]],
    ['a price below zero is none', { items: [{ id: 'a', price: -1 }] }, [{ id: 'a', quantity: 1 }]],
    ['a quantity below zero is one', { items: [{ id: 'a', quantity: -1 }] }, [{ id: 'a', quantity: 1 }]],
  ])
})
