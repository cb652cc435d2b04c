import { describe, expect, test } from 'vitest'
import { countryCode } from '../../server/match-keys/country.ts'
import type { Around, Digested } from '../../server/match-keys/digest.ts'
import { metaKey, type MetaField } from '../../server/match-keys/meta.ts'
import { redditKey, type RedditField } from '../../server/match-keys/reddit.ts'
import { snapchatKey, snapchatMadid, type SnapchatField } from '../../server/match-keys/snapchat.ts'
import { customEventName } from '../../server/destinations/reddit/fields.ts'
import { plainText, readCurrency } from '../../server/destinations/wire.ts'
import { readTime } from '../../shared/parse-field.ts'
import { readVectors } from '../destinations/vectors.ts'

const around: Around = { year: 2026 }
const plain: Readonly<Record<string, (input: unknown) => unknown>> = {
  click_id: plainText,
  uuid: plainText,
  user_agent: plainText,
  currency: readCurrency,
  custom_event_name: customEventName,
  event_at_v3: readTime,
  madid: snapchatMadid,
  idfv: plainText,
  client_ip_address: plainText,
  client_user_agent: plainText,
  sc_click_id: plainText,
  sc_cookie1: plainText,
}
const hashed: Readonly<Record<string, (field: string, input: unknown, around: Around) => Digested>> = {
  meta: (field, input, context) => metaKey(field as MetaField, input, context),
  reddit: (field, input, context) => redditKey(field as RedditField, input, context),
  snapchat: (field, input, context) => snapchatKey(field as SnapchatField, input, context),
}

describe.each(Object.keys(hashed))('%s: every published value comes out as published', (platform) => {
  test.each(readVectors(platform).normalise)('$id $field', ({ field, input, normalised, hash }) => {
    const { value, country } = (typeof input === 'object' && input !== null ? input : { value: input }) as {
      value: unknown
      country?: string
    }
    if (plain[field]) return expect(plain[field](value) ?? null).toBe(normalised)
    const key = hashed[platform]!(field, value, { ...around, country: country && countryCode(country) })
    expect(key.hash ?? null).toBe(hash)
    // What came hashed has no plain form; one file repeats the digest there.
    if (normalised !== hash) expect(key.normalised ?? null).toBe(normalised)
  })
})
