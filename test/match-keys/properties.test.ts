import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDigest, sha256, type Around, type Digested } from '../../server/match-keys/digest.ts'
import { metaKey, type MetaField } from '../../server/match-keys/meta.ts'
import { redditKey, type RedditField } from '../../server/match-keys/reddit.ts'
import { snapchatKey, snapchatMadid, type SnapchatField } from '../../server/match-keys/snapchat.ts'
import { readIp } from '../../shared/ip.ts'

/** The same runs everywhere and every time; a failure prints what to feed in. */
const runs = { seed: 20_261_121, numRuns: 200 }

type Shape = RegExp | ((text: string, around: Around) => boolean)
const isLower = (text: string): boolean => text === text.toLowerCase()
const isComposed = (text: string): boolean => text === text.normalize('NFC')

const twoLetters = /^[a-z]{2}$/
const latin = /^[a-z][a-z\d]*$/
const metaName: Shape = (text) => isLower(text) && isComposed(text) && !/[\s!-/:-@[-`{-~]/.test(text)
const snapchatName: Shape = (text) => isLower(text) && isComposed(text) && /^[\p{L}\p{M}]+$/u.test(text)
const isPostCode = (text: string, { country }: Around): boolean => country !== 'us' || !/^\d{9}$/.test(text)

/** What each platform documents as the form before hashing. */
const metaForms: Readonly<Record<MetaField, Shape>> = {
  em: (text) => isLower(text) && /^[!-?A-~]+@([a-z\d-]+\.)+[a-z\d-]+$/.test(text),
  ph: /^[1-9]\d{6,14}$/,
  fn: metaName,
  ln: metaName,
  ge: /^[mf]$/,
  db: /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/,
  ct: latin,
  st: latin,
  zp: (text, around) => isLower(text) && /^[^\s-]{2,}$/.test(text) && isPostCode(text, around),
  country: twoLetters,
  external_id: (text) => isLower(text) && !/\s/.test(text),
}
const redditForms: Readonly<Record<RedditField, Shape>> = {
  email: (text) => isLower(text) && /^[a-z\d]+@[^\s<>@]+$/.test(text),
  email_dots: (text) => isLower(text) && /^[^\s<>@.+]+@[^\s<>@]+$/.test(text),
  phone_number: /^\+[1-9]\d{6,14}$/,
  external_id: (text) => text === text.trim(),
  ip_address: (text) => readIp(text)?.canonical === text,
  idfa: (text) => text === text.toUpperCase() && !/^[0-]+$/.test(text),
  aaid: (text) => isLower(text) && !/^[0-]+$/.test(text),
  conversion_id: (text) => text === text.trim(),
}
const snapchatForms: Readonly<Record<SnapchatField, Shape>> = {
  em: (text) => isLower(text) && isComposed(text) && text.includes('@'),
  ph: /^[1-9]\d*$/,
  fn: snapchatName,
  ln: snapchatName,
  ge: /^[mf]$/,
  ct: snapchatName,
  st: snapchatName,
  zp: (text, around) =>
    isLower(text) &&
    isComposed(text) &&
    /^[\p{L}\p{N}]+$/u.test(text) &&
    (around.country !== 'us' || Array.from(text).length <= 5),
  country: twoLetters,
  external_id: (text) => isLower(text) && isComposed(text) && text === text.trim(),
}

type Normaliser = (input: unknown, around: Around) => Digested
const rows = <Field extends string>(
  platform: string,
  forms: Readonly<Record<Field, Shape>>,
  key: (field: Field, input: unknown, around: Around) => Digested,
): [name: string, form: Shape, normalise: Normaliser][] =>
  (Object.entries(forms) as [Field, Shape][]).map(([field, form]) => [
    `${platform} ${field}`,
    form,
    (input, around) => key(field, input, around),
  ])
const normalisers = [
  ...rows('Meta', metaForms, metaKey),
  ...rows('Reddit', redditForms, redditKey),
  ...rows('Snapchat', snapchatForms, snapchatKey),
]

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF')), minLength: length, maxLength: length })
const suffix = fc.constantFrom('.AQQCAQIB', '.AQ', '.bg', '.Bg', '.aqqcaqi_', '.')

/** Pieces that rules look at: marks that compose, letters whose case is no pair, zeros, separators, digits of elsewhere. */
const piece = fc.constantFrom(
  ...Array.from('abzABZ 0019@.+-_()#,:;/\'’"<>%[]\u0301\u030c\u0331\u0307ßİıſΣςσǅŉJHﬀ\u212a\u1100\u1161٣𝟓𝒜'),
  '\u00a0',
  '\u2000',
  '\u3000',
  '\ud83d',
  '\ude00',
  '👩‍👧',
  '00',
  '+49 (0)',
  'ext',
  'u',
  'k',
)
const realistic = fc.oneof(
  fc.emailAddress(),
  fc.tuple(fc.emailAddress(), fc.constantFrom('+news@', '.', ' ')).map(([mail, mark]) => mail.replace('@', mark)),
  fc
    .tuple(
      fc.constantFrom('', '+', '00', '+44 (0)', '+49 0', '0'),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789 -./()')), maxLength: 18 }),
      fc.constantFrom('', ' ext. 12', ' x3', '#4'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    ...['José María', "O’Connor-D'Arcy", 'ÅSA', 'H\u0331ALID', 'J\u030ci\u0301', 'Ǆ', 'ΟΔΥΣΣΕΥΣ', '김 민', 'São Paulo'],
    ...[
      'New York',
      'Washington DC',
      'newyork',
      'Québec',
      'Female',
      'mr.',
      'UK',
      'U.K.',
      'Deutschland',
      'Côte d’Ivoire',
    ],
    ...['94105-1234', '9410-51234', '941051234', 'SW1A 1AA', '1990-01-02', '2.1.1990', '19900102', '12/31/99'],
    ...['::ffff:192.0.2.1', '[2001:DB8::1]:443', '203.0.113.7:80, 10.0.0.1', 'fe80::1%eth0', '010.0.0.1'],
    ...['8A2E4F6D-0852-4B2A-B9D5-79334DE14B16', '00000000-0000-0000-0000-000000000000'],
  ),
  fc.ipV6(),
  fc.uuid(),
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: piece }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)), // halves of characters too
  realistic,
  fc.tuple(realistic, piece).map((parts) => parts.join('')),
  fc.oneof(hex(64), hex(63), hex(65), hex(32)),
  fc.tuple(hex(64), suffix).map((parts) => parts.join('')),
  fc.tuple(hex(30), piece, hex(34)).map((parts) => parts.join('')),
)
const input = fc.oneof({ weight: 8, arbitrary: text }, fc.double(), fc.integer(), fc.anything())
const around = fc.record<Around>({ country: fc.constantFrom(undefined, 'us', 'ca', 'de'), year: fc.constant(2026) })

const digestForm = /^[\da-f]{64}$/
const libraryForm = /^[\da-fA-F]{64}\.([\w-]{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

describe.each(normalisers)('%s', (name, form, normalise) => {
  test('answers nothing, the documented form with its digest, or a digest that came', () => {
    fc.assert(
      fc.property(input, around, (value, context) => {
        const { normalised, hash, ...more } = normalise(value, context)
        expect(more).toEqual({})
        if (normalised !== undefined) {
          expect(typeof form === 'function' ? form(normalised, context) : form.test(normalised), normalised).toBe(true)
          expect(hash).toBe(sha256(normalised))
        }
        if (hash === undefined) return
        const came = typeof value === 'string' && normalised === undefined ? value.trim() : undefined
        if (name.startsWith('Meta') && came !== undefined && libraryForm.test(came)) expect(hash).toBe(came)
        else expect(hash).toMatch(digestForm)
        if (came !== undefined) expect(hash.toLowerCase()).toBe(came.toLowerCase())
      }),
      runs,
    )
  })

  test('takes its own form and its own digest as they are', () => {
    fc.assert(
      fc.property(text, around, (value, context) => {
        const first = normalise(value, context)
        // What happens to look like a digest counts as one, at every platform.
        if (first.normalised !== undefined && !isDigest(first.normalised))
          expect(normalise(first.normalised, context)).toEqual(first)
        if (first.hash !== undefined) expect(normalise(first.hash, context)).toEqual({ hash: first.hash })
      }),
      { ...runs, numRuns: 400 },
    )
  })

  test('answers the same to the same', () => {
    fc.assert(
      fc.property(input, around, (value, context) => {
        expect(normalise(value, Object.freeze(context))).toEqual(normalise(value, context))
      }),
      { ...runs, numRuns: 50 },
    )
  })
})

test('every digest in any case is the same digest', () => {
  fc.assert(
    fc.property(hex(64), fc.constantFrom(...normalisers), (digest, [, , normalise]) => {
      expect(normalise(` ${digest}\n`, { year: 2026 })).toEqual({ hash: digest.toLowerCase() })
    }),
    runs,
  )
})

test('upper and lower case of a name are one name', () => {
  const words = fc.string({
    unit: fc.constantFrom(...Array.from('abjhtwy\u0301\u030c\u0331\u0308éß')),
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(words, fc.constantFrom('fn', 'ln'), (word, field) => {
      // ß has two capitals' width, so it is no pair.
      fc.pre(!word.includes('ß'))
      for (const key of [metaKey, snapchatKey])
        expect(key(field, word.toUpperCase(), { year: 2026 })).toEqual(key(field, word, { year: 2026 }))
    }),
    runs,
  )
})

test('an advertising ID in clear is lower case, and nothing else changes', () => {
  fc.assert(
    fc.property(input, (value) => {
      const id = snapchatMadid(value)
      if (id === undefined) return
      expect(id).toBe(String(value).trim().toLowerCase())
      expect(snapchatMadid(id)).toBe(id)
    }),
    runs,
  )
})
