import path from 'node:path'

/** A tag of the pixel as the page's HTML has it. */
export interface Tag {
  readonly src: URL
  readonly nonce?: string
  readonly integrity?: string
  /** The site's key, where the page says one. */
  readonly key?: string
  /** Where events are posted, from the script's address; the tag may say another. */
  readonly endpoint?: string
}

type Attributes = Readonly<Record<string, string>>

const named: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }
const decode = (text: string): string =>
  text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return named[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** A longer tag is none of ours. */
const mostTagChars = 8192

/**
 * The elements of a name with their attributes; what stands in comments is left out. Every character is looked at once:
 * a page is somebody else's, and may be made to be slow to read.
 */
export function elementsOf(html: string, name: 'script' | 'meta'): readonly { attributes: Attributes; text: string }[] {
  const bare = withoutComments(html)
  const lower = bare.toLowerCase()
  const found: { attributes: Attributes; text: string }[] = []
  const open = `<${name}`
  for (let at = lower.indexOf(open); at >= 0; at = lower.indexOf(open, at)) {
    at += open.length
    if (!/[\s/>]/.test(bare[at] ?? '')) continue
    const { end, isClosed } = endOfTag(bare, at)
    const attributes = isClosed ? attributesOf(bare.slice(at, end)) : undefined
    at = end
    if (!attributes) continue
    if (name === 'meta') {
      found.push({ attributes, text: '' })
      continue
    }
    const close = lower.indexOf('</script', end)
    if (close < 0) return found
    found.push({ attributes, text: bare.slice(end + 1, close) })
    at = close
  }
  return found
}

function withoutComments(html: string): string {
  const kept: string[] = []
  let at = 0
  for (let open = html.indexOf('<!--'); open >= 0; open = html.indexOf('<!--', at)) {
    kept.push(html.slice(at, open))
    const close = html.indexOf('-->', open + 4)
    if (close < 0) return kept.join('')
    at = close + 3
  }
  return kept.join('') + html.slice(at)
}

/** Where a tag's `>` stands, which quotes may hide; or where one stops to look for it. */
function endOfTag(html: string, from: number): { readonly end: number; readonly isClosed: boolean } {
  const most = Math.min(html.length, from + mostTagChars)
  let quote = ''
  for (let at = from; at < most; at++) {
    const char = html[at]!
    if (quote) quote = char === quote ? '' : quote
    else if (char === '>') return { end: at, isClosed: true }
    else if (char === '"' || char === "'") quote = char
  }
  return { end: most, isClosed: false }
}

function attributesOf(text: string): Attributes {
  const found: Record<string, string> = {}
  for (const [, name = '', double, single, bare] of text.matchAll(
    /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  ))
    found[name.toLowerCase()] ??= decode(double ?? single ?? bare ?? '')
  return found
}

/** The first tag of the pixel: it has `data-pairpixel`, or the script's own path. */
export function findTag(html: string, page: URL, scriptPath = '/p.js'): Tag | undefined {
  const file = path.posix.basename(scriptPath)
  const hashed = new RegExp(`^${file.replace(/\.js$/, '').replace(/[^\w-]/g, '\\$&')}(\\.[\\w-]{6,64})?\\.js$`)
  for (const { attributes } of elementsOf(html, 'script')) {
    const { src, nonce, integrity } = attributes
    if (src === undefined || !URL.canParse(src, page)) continue
    const url = new URL(src, page)
    const isOurs = 'data-pairpixel' in attributes || (file !== 'p.js' && hashed.test(path.posix.basename(url.pathname)))
    if (!isOurs) continue
    const key = attributes['data-key'] ?? url.searchParams.get('site') ?? undefined
    const endpoint = attributes['data-endpoint']
    return {
      src: url,
      ...(nonce !== undefined && { nonce }),
      ...(integrity !== undefined && { integrity }),
      ...(key !== undefined && { key }),
      ...(endpoint !== undefined && { endpoint }),
    }
  }
  return undefined
}

/** Policies that the page's HTML states itself. */
export const metaPolicies = (html: string): readonly string[] =>
  elementsOf(html, 'meta').flatMap(({ attributes }) =>
    attributes['http-equiv']?.toLowerCase() === 'content-security-policy' && attributes.content
      ? [attributes.content]
      : [],
  )

/** The lines that queue calls before the script is there, as the page has them inline; undefined: it has none. */
export function findStub(html: string): { readonly text: string; readonly nonce?: string } | undefined {
  const found = elementsOf(html, 'script').find(
    ({ attributes, text }) => !('src' in attributes) && /\bpairpixel\.q\b/.test(text),
  )
  return found && { text: found.text, ...(found.attributes.nonce !== undefined && { nonce: found.attributes.nonce }) }
}
