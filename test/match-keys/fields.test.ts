import { describe, expect, test } from 'vitest'
import { countryCode, countryOfDigest } from '../../server/match-keys/country.ts'
import { sha256 } from '../../server/match-keys/digest.ts'
import { metaKey, type MetaField } from '../../server/match-keys/meta.ts'
import { redditKey, type RedditField } from '../../server/match-keys/reddit.ts'
import { snapchatKey, snapchatMadid, type SnapchatField } from '../../server/match-keys/snapchat.ts'

const digest = sha256('john')
const year = 2026

describe('any platform', () => {
  test.each<[string, unknown, string | undefined]>([
    ['a digest passes', digest, digest],
    ['a digest in upper case is lower-cased', digest.toUpperCase(), digest],
    ['white space around a digest goes', ` ${digest}\n`, digest],
    ['null is absent', null, undefined],
    ['undefined is absent', undefined, undefined],
    ['a flag is no value', true, undefined],
    ['an object is no value', { a: 1 }, undefined],
    ['no finite number is no value', NaN, undefined],
    ['blank text is absent', ' \u00a0\t', undefined],
  ])('%s', (_what, input, hash) => {
    expect(metaKey('external_id', input, { year }).hash).toBe(hash)
    expect(redditKey('external_id', input, { year }).hash).toBe(hash)
    expect(snapchatKey('external_id', input, { year }).hash).toBe(hash)
  })

  test('a number is its decimal text', () => {
    for (const key of [metaKey, redditKey, snapchatKey])
      expect(key('external_id', 42, { year })).toEqual({ normalised: '42', hash: sha256('42') })
  })
})

describe('Meta', () => {
  test.each<[MetaField, string, unknown, string | undefined, string?]>([
    ['em', 'one label is no domain', 'a@localhost', undefined],
    ['em', 'a label cannot end in a hyphen', 'a@b-.com', undefined],
    ['em', 'two dots in a row', 'a..b@example.com', undefined],
    ['em', 'a dot at the start', '.a@example.com', undefined],
    ['em', '32 hex digits are ordinary text', 'd41d8cd98f00b204e9800998ecf8427e', undefined],
    ['em', 'Gmail’s dots stay', 'A.B@gmail.com', 'a.b@gmail.com'],
    ['ph', 'the trunk zero after the country code stays', '+44 (0)20 7946 0958', '4402079460958'],
    ['ph', '6 digits are too few', '123456', undefined],
    ['ph', '7 digits are enough', '1234567', '1234567'],
    ['ph', '15 digits are the most', '123456789012345', '123456789012345'],
    ['ph', '16 digits are too many', '1234567890123456', undefined],
    ['ph', 'a number', 16505551212, '16505551212'],
    ['fn', 'a decomposed name is composed', 'Vale\u0301ry', 'valéry'],
    ['fn', 'other scripts stay', '정', '정'],
    ['fn', 'a typographic apostrophe stays', 'D’Arcy', 'd’arcy'],
    ['fn', 'every ASCII mark goes', 'a!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~b', 'ab'],
    ['fn', 'a no-break space goes', 'Mary\u00a0Jane', 'maryjane'],
    ['fn', 'a letter and an accent that only meet when a mark goes', 'Jose-\u0301', 'josé'],
    ['fn', 'an accent that only the small letter has a composed form with', 'H\u0331alid', 'ẖalid'],
    ['ln', 'digits stay', 'Smith 3', 'smith3'],
    ['ge', 'a word of the list', 'Grandmother', undefined],
    ['ge', 'an apostrophe', 'Ma\u2019am', 'f'],
    ['ge', 'a plain apostrophe', "ma'am", 'f'],
    ['ge', 'a point', 'Mr.', 'm'],
    ['ge', 'a pronoun', 'herself', 'f'],
    ['ge', 'man inside another word', 'manager', undefined],
    ['db', 'year first', '1997/2/16', '19970216'],
    ['db', 'year first, day before month', '1997-16-02', '19970216'],
    ['db', 'year in the middle', '16 1997 2', '19970216'],
    ['db', 'with a time', '1997-02-16T00:00:00Z', '19970216'],
    ['db', 'a number', 19970216, '19970216'],
    ['db', 'a year of two digits', '2/16/97', undefined],
    ['db', 'before 1900', '1899-12-31', undefined],
    ['db', 'the year 1900', '1900-01-01', '19000101'],
    ['db', 'this year', '2026-01-31', '20260131'],
    ['db', 'next year', '2027-01-01', undefined],
    ['db', 'day 0', '2000-01-00', undefined],
    ['db', 'month 13 and day 13', '2000-13-13', undefined],
    ['db', 'eight digits out of range', '20001340', undefined],
    ['db', 'two groups', '02/1997', undefined],
    ['db', 'seven digits', '1997216', undefined],
    ['db', 'words', 'yesterday', undefined],
    ['ct', 'a decomposed letter goes as the composed one', 'Sa\u0303o Paulo', 'sopaulo'],
    ['ct', 'digits stay behind a letter', 'Sector 7', 'sector7'],
    ['ct', 'a digit at the start', '6th of October', undefined],
    ['ct', 'a Turkish capital is no Latin letter', 'İstanbul', 'stanbul'],
    ['st', 'in lower case it is one and a dot', 'İzmir', 'izmir'],
    ['st', 'a longer name is not shortened', 'New South Wales', 'newsouthwales'],
    ['st', 'the district', 'District of Columbia', 'dc'],
    ['st', 'an inexact name', 'Washington DC', 'washingtondc'],
    ['st', 'a territory', 'Puerto Rico', 'pr'],
    ['st', 'U.S. Virgin Islands', 'US Virgin Islands', 'vi'],
    ['st', 'Guam', 'Guam', 'gu'],
    ['st', 'American Samoa', 'American Samoa', 'as'],
    ['st', 'a province', 'Newfoundland and Labrador', 'nl'],
    ['st', 'a Canadian territory', 'Nunavut', 'nu'],
    ['st', 'Prince Edward Island', 'Prince Edward Island', 'pe'],
    ['st', 'digits alone', '12', undefined],
    ['zp', 'nine digits in the US', '940351234', '94035', 'us'],
    ['zp', 'nine digits elsewhere', '940351234', '940351234'],
    ['zp', 'nine digits in the US, the dash in another place', '9403-51234', '94035', 'us'],
    ['zp', 'ZIP+4 anywhere', '94035-1234', '94035', 'de'],
    ['zp', 'a dash elsewhere', '01310-100', '01310100'],
    ['zp', 'a number', 94035, '94035'],
    ['zp', 'one character', '1', undefined],
    ['zp', 'two characters', 'a1', 'a1'],
    ['country', 'unknown', 'Atlantis', undefined],
    ['country', 'another language', 'Deutschland', undefined],
    ['external_id', '32 hex digits are hashed', 'D41D8CD98F00B204E9800998ECF8427E', 'd41d8cd98f00b204e9800998ecf8427e'],
  ])('%s: %s (%j → %s)', (field, _what, input, normalised, country) => {
    expect(metaKey(field, input, { year, country })).toEqual(normalised ? { normalised, hash: sha256(normalised) } : {})
  })

  test.each(['.AQQCAQIB', '.AQ', '.Bg'])('a digest with a library’s ending %s goes untouched', (ending) => {
    expect(metaKey('em', digest.toUpperCase() + ending, { year })).toEqual({ hash: digest.toUpperCase() + ending })
  })

  test.each(['.aq', '.AQQCAQI', '.'])('the ending %s is none', (ending) => {
    expect(metaKey('em', digest + ending, { year })).toEqual({})
  })
})

describe('Reddit', () => {
  test.each<[RedditField, string, unknown, string | undefined]>([
    ['email', 'other punctuation goes from the local part', 'Al.ice$+Apple@Example.Com', 'alice@example.com'],
    ['email_dots', 'the older rule keeps it', 'john_doe.x+y@Example.com', 'john_doex@example.com'],
    ['email_dots', 'the older rule keeps a dollar', 'Al.ice$@Example.Com', 'alice$@example.com'],
    ['email', 'angle brackets', '<a@example.com>', undefined],
    ['email', 'a space inside', 'a b@example.com', undefined],
    ['email', 'no @', 'example.com', undefined],
    ['email', 'no local part', '@example.com', undefined],
    ['phone_number', 'anexo', '+51 1 555 1234 anexo 7', '+5115551234'],
    ['phone_number', 'a number sign', '+1 555 444 1234 #5', '+15554441234'],
    ['phone_number', 'int', '+54 11 5555 1234 int. 8', '+541155551234'],
    ['phone_number', 'any case', '+1 555 444 1234 POSTE 1', '+15554441234'],
    ['phone_number', 'the earliest marker counts', '+1 555 444 1234 x1 ext 2', '+15554441234'],
    ['phone_number', 'a marker before any digit', 'ext 15554441234', undefined],
    ['phone_number', '7 digits', '1234567', '+1234567'],
    ['phone_number', '15 digits', '123456789012345', '+123456789012345'],
    ['phone_number', 'three zeros', '0001234567', undefined],
    ['phone_number', 'a number', 15554441234, '+15554441234'],
    ['external_id', 'case stays', ' AbC ', 'AbC'],
    ['ip_address', 'the first of a list', '203.0.113.7, 10.0.0.1', '203.0.113.7'],
    ['ip_address', 'brackets without port', '[2001:db8::1]', '2001:db8::1'],
    ['ip_address', 'IPv4 inside IPv6 in hex', '::ffff:c000:201', '192.0.2.1'],
    ['ip_address', 'a dotted tail of another prefix stays IPv6', '64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['ip_address', 'the longest run of zeros', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['ip_address', 'zeros at the end', '2001:db8:0:0:0:0:0:0', '2001:db8::'],
    ['ip_address', 'all zeros', '0:0:0:0:0:0:0:0', '::'],
    ['ip_address', 'a zone in brackets', '[fe80::1%25eth0]:80', 'fe80::1'],
    ['ip_address', '256', '256.0.0.1', undefined],
    ['ip_address', 'three numbers', '10.0.1', undefined],
    ['ip_address', 'nine groups', '1:2:3:4:5:6:7:8:9', undefined],
    ['ip_address', 'seven groups', '1:2:3:4:5:6:7', undefined],
    ['ip_address', 'two shortenings', '1::2::3', undefined],
    ['ip_address', 'a shortening of nothing', '1:2:3:4::5:6:7:8', undefined],
    ['ip_address', 'five digits in a group', '2001:db8::12345', undefined],
    ['idfa', 'zeros without dashes', '00000000000000000000000000000000', undefined],
    ['conversion_id', 'a number', 1001, '1001'],
  ])('%s: %s (%j → %s)', (field, _what, input, normalised) => {
    expect(redditKey(field, input, { year })).toEqual(normalised ? { normalised, hash: sha256(normalised) } : {})
  })
})

describe('Snapchat', () => {
  test.each<[SnapchatField, string, unknown, string | undefined, string?]>([
    ['em', 'inner characters are not touched', 'a b@Example', 'a b@example'],
    ['ph', 'a parenthesised zero', '+44 (0)7700 900123', '447700900123'],
    ['ph', 'a parenthesised zero with spaces', '+44 ( 0 ) 7700 900123', '447700900123'],
    ['ph', 'a trunk zero inside parentheses', '+44 (0447) 234 2344', '444472342344'],
    ['ph', 'a trunk zero behind 00 and a dot', '0044.0447.2342344', '444472342344'],
    ['ph', 'a compact number keeps its zeros', '+440447234', '440447234'],
    ['ph', 'a national number loses its zero', '0447 234 2344', '4472342344'],
    ['ph', 'Italy too', '+39 06 1234567', '3961234567'],
    ['fn', 'digits go', 'John 2nd', 'johnnd'],
    ['fn', 'a letter and an accent that only meet when a mark goes', 'Jose-\u0301', 'josé'],
    ['ln', 'an accent that only the small letter has a composed form with', 'H\u0331alid', 'ẖalid'],
    ['fn', 'combining marks without a composed form stay', 'x\u0301', 'x\u0301'],
    ['ge', 'female', 'Female', 'f'],
    ['ge', 'a point', 'm.', 'm'],
    ['ge', 'a word that begins alike', 'mal', undefined],
    ['ct', 'a typographic apostrophe goes', 'L’Aquila', 'laquila'],
    ['st', 'a US name in the US', 'New York', 'ny', 'us'],
    ['st', 'a US name elsewhere stays', 'Georgia', 'georgia', 'ge'],
    ['st', 'the district', 'District of Columbia', 'dc'],
    ['st', 'a Canadian province stays', 'Ontario', 'ontario'],
    ['zp', 'no country, other pattern', '941051234', '941051234'],
    ['zp', 'the US', '941051234', '94105', 'us'],
    ['zp', 'no half of a character is left', '1234𝟓6', '1234𝟓', 'us'],
    ['zp', 'ZIP+4 elsewhere', '94105-1234', '941051234', 'de'],
    ['zp', 'a post code of the United Kingdom stays whole', 'SW1A 1AA', 'sw1a1aa', 'gb'],
    ['country', 'unknown', 'Atlantis', undefined],
    ['external_id', 'inner white space stays', 'A  b', 'a  b'],
  ])('%s: %s (%j → %s)', (field, _what, input, normalised, country) => {
    expect(snapchatKey(field, input, { year, country })).toEqual(
      normalised ? { normalised, hash: sha256(normalised) } : {},
    )
  })

  test('an advertising ID is lower-cased and not hashed', () => {
    expect(snapchatMadid(' AB-C ')).toBe('ab-c')
  })
})

test.each([
  ['United States of America', 'us'],
  ['U.S.A.', 'us'],
  ['Great Britain', 'gb'],
  ['UAE', 'ae'],
  ['Côte d’Ivoire', 'ci'],
  ["Cote d'Ivoire", 'ci'],
  ['Ivory Coast', 'ci'],
  ['Turkey', 'tr'],
  ['Türkiye', 'tr'],
  ['Bosnia and Herzegovina', 'ba'],
  ['Trinidad & Tobago', 'tt'],
  ['Saint Lucia', 'lc'],
  ['St. Lucia', 'lc'],
  ['Czech Republic', 'cz'],
  ['Czechia', 'cz'],
  ['Hong Kong', 'hk'],
  ['South Korea', 'kr'],
  ['Kosovo', 'xk'],
  ['Korea, Republic of', 'kr'],
  ['Iran, Islamic Republic of', 'ir'],
  ['Atlantis, Republic of', undefined],
  ['DEU', 'de'],
  ['che', 'ch'],
  ['zz', 'zz'],
  ['Vietnam', 'vn'],
  ['', undefined],
  ['deu1x', undefined],
])('the country %s is %s', (name, code) => {
  expect(countryCode(name)).toBe(code)
})

test('the country behind a digest is known', () => {
  expect(countryOfDigest(sha256('us').toUpperCase())).toBe('us')
  expect(countryOfDigest(sha256('atlantis'))).toBeUndefined()
})
