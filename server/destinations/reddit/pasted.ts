import { oddLength, uuid, type PastedValue } from '../pasted.ts'

/** `a2_` or `t2_` with letters and digits; Reddit's own pages leave the part up to the `_` out in places. */
export const pixelId: PastedValue = {
  field: 'pixel_id',
  name: 'pixel ID',
  copy: 'Copy the Pixel ID from Reddit’s Events Manager; it looks like a2_ or t2_ and some letters and digits.',
  guide: 'pixel_id',
  rows: [
    { fits: /[/?#]/, level: 'wrong', says: 'is an address, not an ID.' },
    { fits: uuid, level: 'wrong', says: 'has the form of Snapchat’s.' },
    { fits: /^act_?\d/i, level: 'wrong', says: 'is that of an ad account of Meta.' },
    { fits: /^\d{14,}$/, level: 'wrong', says: 'has the form of Meta’s.' },
    { fits: /^t[13-6]_/i, level: 'wrong', says: 'is that of a post, a comment or a community at Reddit.' },
    { fits: /^.{41}/, level: 'wrong', says: 'is longer than any pixel ID; it may be the token.' },
    {
      fits: /^(?!(a2|t2)_[a-z\d]+$)(?!(?=.*[A-Za-z])[A-Za-z\d]{4,}$)/,
      level: 'odd',
      says: 'does not look like one of Reddit’s; an ad account’s ID is not it.',
    },
  ],
}

/** A JSON Web Token, or plain text. */
export const accessToken: PastedValue = {
  field: 'access_token',
  name: 'access token',
  copy: 'Make a conversion access token in Reddit’s Events Manager under Conversions API, and copy it with the button.',
  guide: 'token',
  rows: [
    { fits: /^EAA/, level: 'wrong', says: 'begins like one of Meta’s.' },
    { fits: /^[at]2_/i, level: 'wrong', says: 'has the form of a pixel ID.' },
    { fits: uuid, level: 'wrong', says: 'is an ID, not a token.' },
    {
      // Three parts with dots between, and a signature of 43 characters at least.
      fits: /^eyJ(?![^.]*\.[^.]+\..{43,}$)/,
      level: 'wrong',
      says: ({ length }) => `was cut short: it has ${length} characters, and its end is missing.`,
      guide: 'paste',
    },
    oddLength((chars) => chars < 40, 'odd', 'it was probably cut short.'),
  ],
}

/** Reddit names no form for it. */
export const testId: PastedValue = {
  field: 'test_id',
  name: 'test ID',
  copy: 'Copy it from Event Testing in Reddit’s Events Manager.',
  guide: 'test',
  rows: [],
}
