/**
 * For a site that Cloudflare proxies and whose own server cannot pass a path on. Route: `www.shop.example/_p/*`.
 * Variable COLLECTOR: the collector's own address, a name of the site's domain (`https://collect.shop.example`), or it
 * could set no cookies. Its proxy passes requests of Cloudflare's networks on, and its `trust_proxy` names them.
 */
const folder = '/_p/'

export default {
  async fetch(request, { COLLECTOR }) {
    const { pathname, search } = new URL(request.url)
    if (!pathname.startsWith(folder)) return globalThis.fetch(request)
    const target = new URL(pathname.slice(folder.length - 1) + search, COLLECTOR)
    const headers = new globalThis.Headers(request.headers)
    headers.set('X-Forwarded-For', request.headers.get('CF-Connecting-IP') ?? '')
    headers.delete('Host')
    const { method } = request
    const body = method === 'GET' || method === 'HEAD' ? undefined : await request.arrayBuffer()
    return globalThis.fetch(target, { method, headers, body, redirect: 'manual' })
  },
}
