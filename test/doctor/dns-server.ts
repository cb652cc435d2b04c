import { createSocket } from 'node:dgram'
import { onTestFinished } from 'vitest'
import { networkOf } from '../../server/doctor/reach.ts'

/** What a name has: addresses, or the name it is an alias of. */
export interface Zone {
  readonly [name: string]: {
    readonly a?: readonly string[]
    readonly aaaa?: readonly string[]
    readonly cname?: string
  }
}

const types = { 1: 'a', 28: 'aaaa', 5: 'cname' } as const

/** A name server of a few dozen lines on loopback; resolves with its address. */
export async function openDns(zone: Zone): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => socket.send(answer(query, zone), port, address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return `127.0.0.1:${socket.address().port}`
}

function answer(query: Buffer, zone: Zone): Buffer {
  let at = 12
  const labels: string[] = []
  for (let size = query[at]!; size > 0; size = query[at]!) {
    labels.push(query.toString('ascii', at + 1, at + 1 + size))
    at += size + 1
  }
  const question = query.subarray(12, at + 5)
  const kind = types[query.readUInt16BE(at + 1) as keyof typeof types]
  const entry = zone[labels.join('.').toLowerCase()]
  const records = entry ? chain(labels.join('.'), kind, zone) : []
  const header = Buffer.alloc(12)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  header.writeUInt16BE(entry ? 0x8180 : 0x8183, 2) // 3: there is no such name
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question, ...records])
}

/** An alias is followed within the answer, as a resolver that asks recursively gives it. */
function chain(name: string, kind: (typeof types)[keyof typeof types], zone: Zone): Buffer[] {
  const entry = zone[name.toLowerCase()]
  if (!entry) return []
  if (entry.cname !== undefined)
    return [record(name, 5, nameBytes(entry.cname)), ...(kind === 'cname' ? [] : chain(entry.cname, kind, zone))]
  if (kind === 'a') return (entry.a ?? []).map((ip) => record(name, 1, Buffer.from(ip.split('.').map(Number))))
  if (kind === 'aaaa') return (entry.aaaa ?? []).map((ip) => record(name, 28, v6Bytes(ip)))
  return []
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ])

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(60, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameBytes(name), fixed, data])
}

/** Of an address whose last four groups are written `::1`. */
function v6Bytes(ip: string): Buffer {
  const groups = [...(networkOf(ip) ?? '').split(':'), '0', '0', '0', ip.split(':').at(-1) ?? '1']
  return Buffer.concat(groups.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')))
}
