/** A code, or several that begin so, and what to do about them. */
interface Row {
  readonly codes: RegExp
  readonly fix: string
}

const wait = 'Nothing: it is tried again by itself. If it stays for hours, look at the platform’s status page.'
const slower =
  'Nothing: we slow down as asked. If it comes daily, lower batch_size or ask the platform for a higher limit.'
const metaToken =
  'Make a new access token in Events Manager, in the settings of this pixel, and put it in on the set-up page.'

/** What each platform's codes mean, by their own pages. The first row that fits decides. */
const byPlatform: Readonly<Record<string, readonly Row[]>> = {
  meta: [
    { codes: /^190\/460$/, fix: `A changed password has ended the token. ${metaToken}` },
    { codes: /^190\/463$/, fix: `The token has expired. ${metaToken}` },
    { codes: /^190\/458$/, fix: `The app behind the token was removed from the account. ${metaToken}` },
    { codes: /^190\/467$/, fix: 'The token is not one of Meta’s as it stands: paste it whole.' },
    {
      codes: /^190\/(459|464|492)$/,
      fix: 'The person behind the token must log in to Facebook and answer what it asks.',
    },
    { codes: /^(190|102|104)(\/|$)|^HTTP 401$/, fix: metaToken },
    {
      codes: /^(3|10|2\d\d)(\/|$)|^HTTP 403$/,
      fix: 'Let the token’s system user manage this pixel in Business Settings.',
    },
    { codes: /^100\/33$|^HTTP 404$/, fix: 'Check the pixel ID, and assign the pixel to the system user of the token.' },
    { codes: /^100\/2804003$/, fix: 'Send events within seven days of their time.' },
    { codes: /^100\/2804009$/, fix: 'Give the purchase a value.' },
    { codes: /^100\/2804010$/, fix: 'Give the purchase a currency of three letters, or set default_currency.' },
    { codes: /^100\/2804050$/, fix: 'Send more about the visitor: e-mail, phone, click ID, or Meta’s cookies.' },
    {
      codes: /^(100|105)(\/|$)/,
      fix: 'Open one of the events and mend the field Meta names; then send the group again.',
    },
    {
      codes: /^368(\/|$)/,
      fix: 'Meta has blocked the account for policy reasons: see Account Quality in Business Manager.',
    },
    { codes: /^(4|17|32|341|613|800\d\d)(\/|$)/, fix: slower },
    { codes: /^(1|2|5000|21009|-\d+)(\/|$)/, fix: wait },
  ],
  reddit: [
    {
      codes: /^(HTTP )?401$/,
      fix: 'Paste the conversion access token whole; it must be made in the pixel’s own ads account, and no proxy may take the header away.',
    },
    {
      codes: /^(HTTP )?403$/,
      fix: 'Make a conversion access token in Events Manager, in the same ads account as the pixel, and check the pixel ID.',
    },
    { codes: /^(HTTP )?404$/, fix: 'Check the pixel ID: Reddit knows no such pixel for this token.' },
    { codes: /^(HTTP )?(405|410)$/, fix: 'Set api_version to v3, and check the endpoint.' },
    {
      codes: /^(HTTP )?400$/,
      fix: 'Open one of the events and mend what Reddit names; events older than 168 hours are refused.',
    },
  ],
  snapchat: [
    { codes: /^507$/, fix: 'Send more of who the visitor is: e-mail, phone, or IP address and user agent together.' },
    {
      codes: /^(HTTP )?401$/,
      fix: 'Check the access token: it must be whole, and not switched off; make a new one if in doubt.',
    },
    { codes: /^(HTTP )?403$/, fix: 'Make the token in the organisation that owns the pixel.' },
    { codes: /^(HTTP )?(404|410)$/, fix: 'Check the pixel ID: Snapchat knows no such pixel.' },
    { codes: /^HTTP 400$/, fix: 'Open one of the events and mend what Snapchat names.' },
  ],
}

/** What holds everywhere. */
const everywhere: readonly Row[] = [
  { codes: /^(HTTP )?429$/, fix: slower },
  { codes: /^(HTTP )?(408|5\d\d)$/, fix: wait },
  { codes: /^(HTTP )?413$/, fix: 'The request is too large: lower batch_size, or send fewer items with an event.' },
  { codes: /^HTTP 3\d\d$/, fix: 'Set the endpoint to the address itself: redirects are never followed.' },
  { codes: /^HTTP 2\d\d$/, fix: 'The answer could not be read: look for a proxy in between, and at the endpoint.' },
  {
    codes: /TIMEOUT/,
    fix: 'The platform was slow; it is tried again. If it stays, see whether this machine may reach it.',
  },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    fix: 'The name cannot be looked up: see whether this machine is online, and at endpoint.',
  },
  {
    codes: /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR_SOCKET|no answer)$/,
    fix: 'The connection failed; it is tried again. If it stays, see whether this machine may reach the platform.',
  },
  {
    codes: /CERT|SIGNATURE|SSL/,
    fix: 'The certificate is not to be trusted: look for a proxy, and at this machine’s clock.',
  },
]

/** What to do about a platform's code; never nothing. */
export const fixFor = (platform: string, code: string): string =>
  [...(Object.hasOwn(byPlatform, platform) ? byPlatform[platform]! : []), ...everywhere].find(({ codes }) =>
    codes.test(code),
  )?.fix ?? 'Open one of the events: the platform’s own words stand there.'
