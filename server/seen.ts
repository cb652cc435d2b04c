import type { IncomingMessage } from 'node:http'
import { readIp } from '../shared/ip.ts'
import type { Seen } from './app.ts'

/** What the collector knows of a request's sender. @param ip as `createVisitorReader` read it */
export function seenOf({ headers, socket }: IncomingMessage, ip: string | undefined): Seen {
  const found = ip === undefined ? undefined : readIp(ip)
  const peer = readIp(socket.remoteAddress ?? '')
  return {
    version: found?.version ?? 4,
    address: found?.isPublic ? 'public' : 'private',
    by: found?.canonical === peer?.canonical ? 'peer' : 'forwarded',
    forwarded: headers['x-forwarded-for'] !== undefined,
  }
}
