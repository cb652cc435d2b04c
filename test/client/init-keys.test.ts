import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { User } from '../../client/api.ts'
import { initKeysOf } from '../../client/platforms/init-keys.ts'
import { metaKey } from '../../server/match-keys/meta.ts'
import { redditKey } from '../../server/match-keys/reddit.ts'
import { snapchatKey } from '../../server/match-keys/snapchat.ts'

const digest = 'A1'.repeat(32)
const small = digest.toLowerCase()
const other = 'b2'.repeat(32)

test.each<[string, User, object, object, object]>([
  [
    'an address',
    { email: ' Ada.L+news@B.example ' },
    { em: 'ada.l+news@b.example' },
    { email: 'ada.l+news@b.example' },
    { user_email: 'ada.l+news@b.example' },
  ],
  ['a digest of one', { email: digest }, { em: small }, { email: small }, { user_hashed_email: small }],
  [
    'digests in both forms',
    { email: digest, email_reddit: other },
    { em: small },
    { email: other },
    { user_hashed_email: small },
  ],
  [
    'the first of several',
    { email: ['a@b.example', 'c@d.example'] },
    { em: 'a@b.example' },
    { email: 'a@b.example' },
    { user_email: 'a@b.example' },
  ],
  ['no address', { email: 'Ada' }, {}, {}, {}],
  [
    'a number',
    { phone: '+1 (202) 555-0100' },
    { ph: '12025550100' },
    { phoneNumber: '+12025550100' },
    { user_phone_number: '12025550100' },
  ],
  [
    'a number behind 00',
    { phone: '0044 20 7946 0000' },
    { ph: '442079460000' },
    { phoneNumber: '+442079460000' },
    { user_phone_number: '442079460000' },
  ],
  [
    'a zero that is for calls at home',
    { phone: '+44 (0)20 7946 0000' },
    { ph: '442079460000' },
    { phoneNumber: '+442079460000' },
    { user_phone_number: '442079460000' },
  ],
  [
    'an extension',
    { phone: '+1 202 555 0100 ext. 7' },
    { ph: '12025550100' },
    { phoneNumber: '+12025550100' },
    { user_phone_number: '12025550100' },
  ],
  ['a number without its country', { phone: '020 7946 0000' }, {}, {}, {}],
  [
    'as a number',
    { phone: 12025550100 },
    { ph: '12025550100' },
    { phoneNumber: '+12025550100' },
    { user_phone_number: '12025550100' },
  ],
  ['six digits', { phone: '+123456' }, {}, {}, {}],
  ['sixteen', { phone: '+1234567890123456' }, {}, {}, {}],
  [
    'a digest of one, which Meta does not name',
    { phone: digest },
    {},
    { phoneNumber: small },
    { user_hashed_phone_number: small },
  ],
  ['an ID', { external_id: ' C-7 x ' }, { external_id: 'c-7x' }, { externalId: 'C-7 x' }, {}],
  ['a number as one', { external_id: 0 }, { external_id: '0' }, { externalId: '0' }, {}],
  [
    'names and places are Meta’s alone',
    {
      first_name: ' Ada ',
      last_name: 'Von L',
      city: 'Menlo Park',
      state: 'CA',
      zip: 'M1 1AE',
      country: 'US',
      gender: 'Female',
      date_of_birth: '1991-05-26',
    },
    { fn: 'ada', ln: 'von l', ct: 'menlopark', st: 'ca', zp: 'm11ae', country: 'us', ge: 'f', db: '19910526' },
    {},
    {},
  ],
  [
    'what has no form that Meta names',
    { gender: 'mixed', date_of_birth: '26/5/91', state: 'California', country: 'Austria' },
    {},
    {},
    {},
  ],
  ['digests of what Meta takes in clear alone', { first_name: digest, city: digest, zip: digest }, {}, {}, {}],
  ['emptied ones', { email: '', phone: [], first_name: ' ' }, {}, {}, {}],
])('%s', (_name, user, meta, reddit, snapchat) => {
  expect(initKeysOf.meta(user)).toEqual(meta)
  expect(initKeysOf.reddit(user)).toEqual(reddit)
  expect(initKeysOf.snapchat(user)).toEqual(snapchat)
})

test.each(['m', 'M', 'male', ' Male '])('%j is m', (gender) => {
  expect(initKeysOf.meta({ gender })).toEqual({ ge: 'm' })
})

describe('hashed as it stands, it is what the collector sends', () => {
  const hash = (text: string | undefined) => text && createHash('sha256').update(text).digest('hex')
  const around = { year: 2026 }
  test.each(['+1 (202) 555-0100', '0044 20 7946 0000'])('%s', (phone) => {
    expect(hash(initKeysOf.meta({ phone }).ph)).toBe(metaKey('ph', phone, around).hash)
    expect(hash(initKeysOf.reddit({ phone }).phoneNumber)).toBe(redditKey('phone_number', phone, around).hash)
    expect(hash(initKeysOf.snapchat({ phone }).user_phone_number)).toBe(snapchatKey('ph', phone, around).hash)
  })
  test('an ID and an address', () => {
    const user = { email: ' Ada.L@B.example', external_id: ' C-7 x' }
    expect(hash(initKeysOf.meta(user).em)).toBe(metaKey('em', user.email, around).hash)
    expect(hash(initKeysOf.meta(user).external_id)).toBe(metaKey('external_id', user.external_id, around).hash)
    expect(hash(initKeysOf.reddit(user).externalId)).toBe(
      redditKey('external_id', user.external_id.trim(), around).hash,
    )
  })
})
