import { oddLength, uuid, type PastedValue } from '../pasted.ts'

const usual = 'Snapchat’s have 100 or more.'

export const accessToken: PastedValue = {
  field: 'access_token',
  name: 'access token',
  copy: 'Make a new token in Snapchat’s Business Details and paste it whole: an old one is not shown again.',
  guide: 'token',
  rows: [
    { fits: uuid, level: 'wrong', says: 'looks like a pixel ID.' },
    { fits: /^EAA\w{30}/, level: 'wrong', says: 'looks like one of Meta’s, which begin with EAA.' },
    oddLength((chars) => chars < 50, 'wrong', `${usual} It was cut short.`),
    oddLength((chars) => chars < 100, 'odd', `${usual} Its end may be missing.`),
    {
      // A signed token (JWT) has three parts; the dots between them are the only ones.
      fits: /^eyJ(?![^.]*\.[^.]+\.[^.]+$)/,
      level: 'odd',
      says: ({ length }) => `ends too early: after ${length} characters a part of it is missing.`,
      guide: 'paste',
    },
  ],
}

/** An app's: what it looks like is not known. */
export const appId: PastedValue = {
  field: 'pixel_id',
  name: 'pixel ID',
  copy: 'Copy the Pixel ID from Events Manager: 36 characters, with four hyphens.',
  guide: 'pixel_id',
  rows: [{ fits: /^[at]2_/i, level: 'wrong', says: 'looks like one of Reddit’s.' }],
}

export const pixelId: PastedValue = {
  ...appId,
  rows: [
    ...appId.rows,
    { fits: /^\d{5,20}$/, level: 'wrong', says: 'has digits alone, as Meta’s have.' },
    { fits: /^.{61}/, level: 'wrong', says: 'is as long as an access token.' },
    { fits: /^[\da-f]{32}$/i, level: 'wrong', says: 'has lost its hyphens.' },
    {
      fits: (text) => !uuid.test(text),
      level: 'wrong',
      says: ({ length }) => `has ${length} characters and is not in the form of Snapchat’s.`,
    },
    {
      fits: /^(?!.{14}[1-8].{4}[89ab])/i,
      level: 'odd',
      says: 'has the form of one, but with digits that Snapchat’s pixel does not accept.',
    },
  ],
}
