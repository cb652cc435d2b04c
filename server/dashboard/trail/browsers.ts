/** A part of the user agent → the browser's family. The first row that fits decides: most name others they resemble. */
const families: readonly (readonly [part: RegExp, family: string])[] = [
  [/\bFBAN|\bFBAV|\bFB_IAB/, 'Facebook app'],
  [/\bInstagram\b/, 'Instagram app'],
  [/\bSnapchat\b/, 'Snapchat app'],
  [/\bReddit\//, 'Reddit app'],
  [/\bTikTok|musical_ly|BytedanceWebview/, 'TikTok app'],
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
]

/** The newest user agents, for the same few come again and again. */
const known = new Map<string, string>()
const mostKnown = 1000

/** The family of a browser by its user agent, `other` for the rest: a closed list, so that nobody can fill it. */
export function browserFamily(userAgent: string | undefined): string {
  if (userAgent === undefined) return 'other'
  const found = known.get(userAgent)
  if (found !== undefined) return found
  const family = families.find(([part]) => part.test(userAgent.slice(0, 512)))?.[1] ?? 'other'
  if (known.size >= mostKnown) known.clear()
  known.set(userAgent, family)
  return family
}
