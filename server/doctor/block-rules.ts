/**
 * Words that general block lists look for in host names and paths of requests, as they are publicly known: a first-party
 * address that has one is blocked by some of them, whoever serves it. Whole words, between anything that is no letter
 * or digit.
 */
const words: Readonly<Record<string, string>> = {
  ads: 'an advertising path',
  ad: 'an advertising path',
  adserver: 'an advertising path',
  advertising: 'an advertising path',
  affiliate: 'an affiliate path',
  analytics: 'an analytics path',
  beacon: 'a beacon',
  capi: 'a Conversions API gateway',
  clicktrack: 'a tracking path',
  collect: 'the path of Google Analytics',
  conversion: 'a conversion path',
  conversions: 'a conversion path',
  facebook: 'a platform’s name',
  fbevents: 'the library of Meta',
  fbpixel: 'a platform’s pixel',
  ga: 'the path of Google Analytics',
  gtag: 'the library of Google',
  gtm: 'a tag manager',
  impression: 'an impression path',
  log: 'a logging path',
  matomo: 'an analytics product',
  meta: 'a platform’s name',
  metrics: 'a metrics path',
  pairpixel: 'the name of this product',
  piwik: 'an analytics product',
  pixel: 'a pixel',
  pixels: 'a pixel',
  plausible: 'an analytics product',
  reddit: 'a platform’s name',
  retargeting: 'an advertising path',
  scevent: 'the library of Snapchat',
  segment: 'an analytics product',
  snapchat: 'a platform’s name',
  snowplow: 'an analytics product',
  sst: 'a server-side tag manager',
  stat: 'a statistics path',
  statistics: 'a statistics path',
  stats: 'a statistics path',
  tag: 'a tag manager',
  tags: 'a tag manager',
  telemetry: 'a telemetry path',
  tr: 'the path of Meta’s hits',
  track: 'a tracking path',
  tracker: 'a tracking path',
  tracking: 'a tracking path',
  utm: 'a campaign parameter',
}

/** A word and what a list takes it for. */
export interface BlockHit {
  readonly word: string
  readonly meaning: string
  readonly where: 'host' | 'path'
}

/** What block lists would know of an address. The site's own name is left out: it is what it is. */
export function blockHits(url: URL, page: URL): readonly BlockHit[] {
  const own = url.hostname === page.hostname ? '' : url.hostname.split('.').slice(0, -2).join('.')
  const look = (text: string, where: BlockHit['where']): readonly BlockHit[] =>
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .flatMap((word) => (Object.hasOwn(words, word) ? [{ word, meaning: words[word]!, where }] : []))
  return [...look(own, 'host'), ...look(url.pathname, 'path')]
}

/** A folder that says nothing, made of the site's name so that no two sites share one. */
export function plainFolder(host: string): string {
  const letters = host.replace(/^www\./, '').replace(/[^a-z]/g, '')
  const name = `${letters.at(0) ?? 'x'}${letters.at(-1) ?? 'y'}${letters.length}`
  return Object.hasOwn(words, name) ? '_p' : name
}
