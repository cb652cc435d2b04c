import type { RequestHandler } from 'express'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

/** What a visitor's browser says that the collector may hear. What a proxy says of the visitor is never taken from it. */
const passedOn = [
  'accept',
  'accept-encoding',
  'accept-language',
  'access-control-request-headers',
  'access-control-request-method',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'if-modified-since',
  'if-none-match',
  'origin',
  'referer',
  'sec-gpc',
  'user-agent',
] as const

/** Of one connection, so they end here. */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade']

/**
 * The site's own reverse proxy in front of the collector: the path below the mount goes there unchanged, and everything
 * comes back as it was answered. @param visitorIp the address the collector is told
 */
export function forwardTo(collectorUrl: string, visitorIp: string): RequestHandler {
  return (incoming, response) => {
    const target = new URL(collectorUrl)
    const outgoing = request(
      {
        hostname: target.hostname.replace(/^\[|\]$/g, ''),
        port: target.port,
        path: incoming.url,
        method: incoming.method,
        headers: {
          ...pick(incoming.headers),
          'x-forwarded-for': visitorIp,
          'x-forwarded-proto': incoming.protocol,
          'x-forwarded-host': incoming.headers.host ?? '',
        },
      },
      (answer) => {
        const headers = Object.entries(answer.headers).filter(([name]) => !hopByHop.includes(name))
        response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers))
        answer.on('error', () => response.destroy())
        answer.pipe(response)
      },
    )
    outgoing.on('error', () => {
      if (response.headersSent) response.destroy()
      else response.status(502).type('text/plain').send('The collector does not answer.\n')
    })
    // The visitor left: nobody waits for the rest.
    response.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }
}

const pick = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(passedOn.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))
