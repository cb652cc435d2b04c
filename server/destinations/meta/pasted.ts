import { oddLength, uuid, type PastedValue } from '../pasted.ts'

const usual = 'Meta’s have about 190.'

/** Meta's tokens begin with EAA and have about 190 letters and digits. */
export const accessToken: PastedValue = {
  field: 'access_token',
  name: 'access token',
  copy: 'Make an access token in Events Manager, in the settings of this pixel, and paste it whole.',
  guide: 'token',
  rows: [
    { fits: /^\d+$/, level: 'wrong', says: 'is a number, such as a pixel ID.' },
    { fits: /^\d+\|/, level: 'wrong', says: 'is that of an app, which may send nothing to a pixel.' },
    { fits: /^eyJ/, level: 'wrong', says: 'looks like that of another platform; Meta’s begin with EAA.' },
    { fits: /[=:]/, level: 'wrong', says: 'has more in it than a token.', guide: 'paste' },
    oddLength((chars) => chars < 100, 'wrong', usual),
    {
      fits: /^(?!EAA)/,
      level: 'odd',
      says: 'does not begin with EAA, as Meta’s do: its beginning may be missing, or its letters changed.',
      guide: 'paste',
    },
    oddLength((chars) => chars < 150, 'odd', usual),
    oddLength((chars) => chars > 300, 'odd', `${usual} It may have been pasted twice.`),
    {
      fits: /[^A-Za-z0-9]/,
      level: 'odd',
      says: 'has other characters than letters and digits, which Meta’s do not have.',
      guide: 'paste',
    },
  ],
}

/** A number, about 15 digits long. */
export const pixelId: PastedValue = {
  field: 'pixel_id',
  name: 'pixel ID',
  copy: 'Copy the number of the pixel (data set) from Events Manager and paste it alone.',
  guide: 'pixel_id',
  rows: [
    { fits: /^(EAA|eyJ)|^.{41}/, level: 'wrong', says: 'looks like a token.' },
    { fits: uuid, level: 'wrong', says: 'has the form of Snapchat’s; Meta’s is a number.' },
    { fits: /^[at]2_/i, level: 'wrong', says: 'has the form of Reddit’s; Meta’s is a number.' },
    { fits: /^act_/i, level: 'wrong', says: 'is that of an ad account.' },
    { fits: /\D/, level: 'wrong', says: 'has more than digits; a spreadsheet may have rewritten it.' },
    {
      fits: /^(.{0,9}|.{21,})$/,
      level: 'odd',
      says: 'is shorter or longer than usual: Meta’s have about 15 digits.',
    },
  ],
}
