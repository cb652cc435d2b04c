import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { readIp } from '../shared/ip.ts'
import type { Post } from './alerts/outbox.ts'
import { createSender } from './deliver/send.ts'

const isHere = (host: string): boolean => /^(localhost|\[::1\]|127(\.\d+){3})$/.test(host)
const refused = (): NodeJS.ErrnoException =>
  Object.assign(new Error('The address is of a private network.'), { code: 'PRIVATE_ADDRESS' })

/**
 * Posts to webhooks with the limits of every request of ours. Addresses of private networks are refused where they are
 * connected to, whatever name led there, unless the settings allow them or the webhook is on this machine.
 */
export function createWebhookSend(allowsPrivate: () => boolean, resolve: typeof lookup = lookup) {
  const guarded: LookupFunction = (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const isBad = ({ address }: { address: string }) => !readIp(address)?.isPublic
      const fault = error ?? (!allowsPrivate() && !isHere(host) && addresses.some(isBad) ? refused() : null)
      const [first] = addresses ?? []
      if (fault || !first) done(fault ?? refused(), '', 4)
      else if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
  const sender = createSender({ lookup: guarded })
  const send: Post = (request) => {
    // A host that is an address is never looked up.
    const { hostname } = new URL(request.url)
    const literal = readIp(hostname)
    if (literal && !literal.isPublic && !isHere(hostname) && !allowsPrivate())
      return Promise.resolve({ failed: 'PRIVATE_ADDRESS', written: false })
    return sender.send(request)
  }
  return { send, close: () => sender.close() }
}
