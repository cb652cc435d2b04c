import type { UserField } from '../../shared/event.ts'
import type { PlatformName } from '../../shared/names.ts'
import type { User } from '../api.ts'
import { isDigest } from '../digests.ts'
import { copyOf } from '../safe.ts'

/** What a platform's `init` takes of a visitor, by the platform's own names. */
export type InitKeys = Readonly<Record<string, string>>

/** The first value of a field, which is the best one. */
const textOf = (user: User, field: UserField): string => String([user[field] ?? ''].flat()[0]).trim()
/** The same where it is no digest. */
const plainOf = (user: User, field: UserField): string => {
  const text = textOf(user, field)
  return isDigest(text) ? '' : text
}
const digestOf = (user: User, field: UserField): string => {
  const text = textOf(user, field)
  return isDigest(text) ? text.toLowerCase() : ''
}
/** What of the text the first group of a shape is; letters are small. */
const shaped = (text: string, shape: RegExp): string => shape.exec(text.toLowerCase())?.[1] ?? ''

const emailOf = (user: User): string => shaped(plainOf(user, 'email'), /^([^\s@]+@[^\s@]+)$/)
/** Digits with the country code. A number that begins with one zero has none, and nobody knows which. */
const phoneOf = (user: User): string =>
  shaped(
    plainOf(user, 'phone')
      .split(/[a-z#]/i)[0]!
      .replace('(0)', '')
      .replace(/\D/g, ''),
    /^(?:00)?([1-9]\d{6,14})$/,
  )

/**
 * What each platform's pixel takes of a visitor in `init`, in the form that its platform asks for; the pixels hash by
 * themselves. What has no such form is left out.
 *
 * Meta: the page "Advanced Matching" of its pixel names these eleven keys and their forms; hashed it takes `em` alone.
 * Reddit: the page "Manual Advanced Matching" of its help names `email`, `phoneNumber` and `externalId`, hashed or not.
 * Snapchat: the pixel of its own pixel-server-gateway (scevent.min.js 1.6.0) takes address and number, in a field of
 * their own if they are hashed. Names and places it takes as well, and would send them as they are: it gets none.
 */
export const initKeysOf: Readonly<Record<PlatformName, (user: User) => InitKeys>> = {
  meta: (user) =>
    copyOf({
      em: digestOf(user, 'email') || emailOf(user),
      ph: phoneOf(user),
      fn: plainOf(user, 'first_name').toLowerCase(),
      ln: plainOf(user, 'last_name').toLowerCase(),
      ge: shaped(plainOf(user, 'gender'), /^(m(?=(ale)?$)|f(?=(emale)?$))/),
      db: shaped(plainOf(user, 'date_of_birth').replace(/-/g, ''), /^(\d{8})$/),
      ct: plainOf(user, 'city').toLowerCase().replace(/\s/g, ''),
      st: shaped(plainOf(user, 'state'), /^([a-z]{2})$/),
      zp: plainOf(user, 'zip').toLowerCase().replace(/\s/g, ''),
      country: shaped(plainOf(user, 'country'), /^([a-z]{2})$/),
      // As the collector has it: both sides must call a visitor the same.
      external_id: textOf(user, 'external_id').toLowerCase().replace(/\s/g, ''),
    }),
  reddit(user) {
    const phone = phoneOf(user)
    return copyOf({
      email: digestOf(user, 'email_reddit') || digestOf(user, 'email') || emailOf(user),
      phoneNumber: digestOf(user, 'phone') || (phone && `+${phone}`),
      externalId: textOf(user, 'external_id'),
    })
  },
  snapchat: (user) =>
    copyOf({
      user_email: emailOf(user),
      user_hashed_email: digestOf(user, 'email'),
      user_phone_number: phoneOf(user),
      user_hashed_phone_number: digestOf(user, 'phone'),
    }),
}
