import type { Listen } from '../site.ts'

/**
 * Blocks to paste into the proxy of a site, so that a path of its own domain leads to the collector: each takes the prefix
 * off and says who the visitor is. @param url of the site, where it is known @param path with a slash at both ends
 */
export function proxyBlocks(
  url: string | undefined,
  { port }: Listen,
  path: string,
): readonly { readonly name: string; readonly text: string }[] {
  const host = url === undefined ? 'www.shop.example' : new URL(url).hostname
  const collector = `http://127.0.0.1:${port}`
  return [
    {
      name: 'Caddy',
      text: `${host} {\n\thandle_path ${path}* {\n\t\treverse_proxy 127.0.0.1:${port}\n\t}\n}\n`,
    },
    {
      name: 'nginx',
      text:
        `location ${path} {\n` +
        `    proxy_pass ${collector}/;\n` +
        `    proxy_set_header Host $http_host;\n` +
        `    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n` +
        `}\n`,
    },
    { name: 'Cloudflare Worker', text: worker(host, path) },
  ]
}

/** A route of the zone; the collector needs an address of its own that the worker can reach. */
const worker = (host: string, path: string): string =>
  `// Route: ${host}${path}*\n` +
  `// COLLECTOR: the https address of the collector, such as https://collector.${host.replace(/^www\./, '')}\n` +
  `export default {\n` +
  `  async fetch(request, { COLLECTOR }) {\n` +
  `    const { pathname, search } = new URL(request.url)\n` +
  `    const headers = new Headers(request.headers)\n` +
  `    headers.set('X-Forwarded-For', request.headers.get('CF-Connecting-IP') ?? '')\n` +
  `    const to = new URL(pathname.slice(${path.length - 1}) + search, COLLECTOR)\n` +
  `    return fetch(to, { method: request.method, headers, body: request.body, redirect: 'manual' })\n` +
  `  },\n` +
  `}\n`
