import { dayMs } from '../../shared/limits.ts'
import { isAnswer, type Answer, type NoAnswer } from './ask.ts'
import { blockHits, plainFolder } from './block-rules.ts'
import { fail, ok, skip, warn, type Check } from './check.ts'
import { isJavaScript, type Facts } from './facts.ts'

/** Why nothing came, for people. */
export function whyNot({ url, failed }: NoAnswer): string {
  const { host } = url
  if (/TIMEOUT/.test(failed)) return `${host} did not answer within ten seconds.`
  if (/ENOTFOUND|EAI_AGAIN|ENODATA/.test(failed)) return `The name ${host} could not be looked up.`
  if (/ECONNREFUSED|UNREACH/.test(failed)) return `Nothing takes connections at ${host}.`
  if (/CERT|SIGNED|SIGNATURE|ALTNAME|SSL|TLS/.test(failed))
    return `The certificate of ${host} is not to be trusted (${failed}).`
  return `The connection to ${host} failed (${failed}).`
}

const toProxy = 'Pass the path on to the collector; deploy/ has blocks for Caddy, nginx and Cloudflare.'

export function scriptCheck({ script, scriptUrl, page }: Facts): Check {
  const at = scriptUrl.href
  if (!isAnswer(script)) return fail('script', whyNot(script), toProxy)
  const { status, headers, body } = script
  if (status >= 300 && status < 400)
    return fail('script', `${at} redirects, which costs a request on every page.`, 'Name the last address in the tag.')
  if (status !== 200)
    return fail(
      'script',
      `${at} answers ${status}.`,
      status === 404 ? `${toProxy} With several sites the tag needs ?site=KEY.` : toProxy,
    )
  if (!isJavaScript(script))
    return fail(
      'script',
      `${at} answers ${headers['content-type'] ?? 'no type'}, which is no script: it is not the collector that answers.`,
      toProxy,
    )
  if (!body && !headers['content-encoding'])
    return fail('script', `${at} is empty.`, 'Look at the log of the collector.')
  if (page.url.protocol === 'https:' && scriptUrl.protocol === 'http:')
    return fail('script', 'The page is https and the script is not: browsers refuse it.', 'Name the https address.')
  if (!/^(br|gzip|zstd|deflate)$/.test(headers['content-encoding'] ?? ''))
    return warn(
      'script',
      'The script comes uncompressed although the browser takes br and gzip.',
      'Let the proxy pass Accept-Encoding on, or compress text/javascript itself.',
    )
  return ok('script', `${at} is served as a script, compressed.`)
}

const maxAge = (header: string): number | undefined => {
  const found = /(?:^|[\s,])max-age=(\d{1,10})/i.exec(header)?.[1]
  return found === undefined ? undefined : Number(found)
}

export function cacheCheck({ script, scriptUrl }: Facts): Check {
  if (!isAnswer(script) || script.status !== 200) return skip('cache', 'There is no script to look at.')
  const header = script.headers['cache-control'] ?? ''
  const isHashed = /\.[\w-]{8,}\.js$/.test(scriptUrl.pathname)
  const leave = 'Take the rule out that sets Cache-Control on this path: the collector sets it.'
  const seconds = maxAge(header)
  if (/no-store|no-cache/i.test(header) || seconds === 0 || seconds === undefined)
    return warn(
      'cache',
      `The script may not be cached (${header || 'no Cache-Control'}): every page loads it anew.`,
      leave,
    )
  if (!isHashed && seconds * 1000 > dayMs)
    return warn(
      'cache',
      `Browsers keep the script for ${Math.round((seconds * 1000) / dayMs)} days, and with it old settings.`,
      leave,
    )
  return ok('cache', `Cache-Control is ${header}.`)
}

export function blockCheck({ scriptUrl, eventsUrl, page }: Facts): Check {
  const hits = [scriptUrl, eventsUrl].flatMap((url) => blockHits(url, page.url).map((hit) => ({ ...hit, url })))
  const [first] = hits
  const names = `${scriptUrl.pathname} and ${eventsUrl.pathname}`
  if (!first) return ok('block_rules', `No word of ${names} is on the list of those that blockers look for.`)
  const found = [...new Set(hits.map(({ word, meaning }) => `“${word}” (${meaning})`))].join(', ')
  const folder = plainFolder(page.url.hostname)
  return warn(
    'block_rules',
    `Block lists know the ${first.where === 'host' ? 'host name' : 'path'}: ${found}.`,
    `Use a path that says nothing, such as ${page.url.origin}/${folder}/p.js with /${folder}/e (paths.script, paths.events, or the proxy’s path).`,
  )
}

export function eventsCheck({ events, eventsUrl, page }: Facts): Check {
  if (!isAnswer(events)) return fail('collect', whyNot(events), toProxy)
  const { status } = events
  const code = errorCode(events)
  const at = eventsUrl.href
  if (status === 204) return ok('collect', `${at} takes posts of ${page.url.origin}.`)
  if (code === 'ORIGIN_REFUSED')
    return fail(
      'collect',
      `The collector refuses pages of ${page.url.origin}.`,
      `Add ${page.url.origin} to the site’s origins.`,
    )
  if (code === 'SITE_UNKNOWN')
    return fail(
      'collect',
      'The collector has several sites, and the tag says none of them.',
      'Add ?site=KEY to the script’s address.',
    )
  if (code === 'STORE_UNAVAILABLE')
    return fail('collect', 'The collector cannot write to its store.', 'Look at its log, and at /readyz.')
  if (code !== undefined)
    return fail('collect', `The collector answers ${status} (${code}).`, 'docs/errors.md says what it means.')
  return fail('collect', `${at} answers ${status}, and it is not the collector that does.`, toProxy)
}

function errorCode({ body }: Answer): string | undefined {
  try {
    const given = JSON.parse(body) as { readonly error?: { readonly code?: unknown } } | null
    const code = given?.error?.code
    return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : undefined
  } catch {
    return undefined
  }
}
