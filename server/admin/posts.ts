import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Trail } from '../dashboard/trail/index.ts'
import type { Settings } from '../site.ts'

/**
 * Looks at the public listener's requests from the side: which site's script is asked for, and which posts of pages are
 * refused as a whole. It touches neither request nor answer.
 */
export function watchPosts(
  tally: Trail['tally'],
  served: () => Settings,
  now: () => number,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { method, url = '' } = request
    const { paths } = served()
    if (method === 'POST') {
      if (!url.startsWith(paths.events)) return
      response.once('finish', () => {
        const { statusCode } = response
        if (statusCode >= 400) tally.refusedRequest(statusCode, request.headers.origin, now())
      })
    } else if (method === 'GET' && isScript(url, paths.script)) {
      const site = siteAsked(url, served())
      if (site !== undefined) tally.served(site, now())
    }
  }
}

/** `/p.js`, or `/p.<hash>.js` of code alone. */
function isScript(url: string, script: string): boolean {
  const stem = script.replace(/\.js$/, '')
  if (!url.startsWith(stem)) return false
  const name = url.split('?', 1)[0] ?? ''
  return name === script || /^\.[\w-]{4,64}\.js$/.test(name.slice(stem.length))
}

function siteAsked(url: string, { sites }: Settings): string | undefined {
  const at = url.indexOf('?')
  const key = at < 0 ? undefined : (new URLSearchParams(url.slice(at)).get('site') ?? undefined)
  if (key === undefined) return sites.length === 1 ? sites[0]?.key : undefined
  return sites.find((one) => one.key === key)?.key
}
