// Load: keep-alive connections, one request under way on each. Bare sockets and ready-made bytes, so that it costs little.
import { connect } from 'node:net'
import { optionsOf, serve } from './child.mjs'
import { post, userAgents } from './events.mjs'

const { connections = 64 } = optionsOf()
let made = Date.now() % 1e8 // event numbers never repeat between runs on one store

/** A request's bytes for events `first` and on. */
function requestFor(target, first, count) {
  const body = post(first, count)
  return Buffer.from(
    `POST /e HTTP/1.1\r\nHost: ${target.host}\r\nOrigin: https://shop.example\r\nX-Forwarded-For: 198.51.100.${first % 250}\r\n` +
      `User-Agent: ${userAgents[first % userAgents.length]}\r\nContent-Type: text/plain;charset=UTF-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Where the digits of event numbers stand in a request, so that a used one is made new by writing over them. */
function refresh(request, before, after, count) {
  for (let index = 0; index < count; index++) {
    for (const length of [12, 10, 9]) {
      const old = Buffer.from(String(before + index).padStart(length, '0'))
      const fresh = Buffer.from(String(after + index).padStart(length, '0'))
      for (let at = request.indexOf(old); at >= 0; at = request.indexOf(old, at + length)) fresh.copy(request, at)
    }
  }
}

/** Posts for `ms`, or until `total` events were taken; bounded by both. */
function run({ url, count, ms = 60_000, total = Infinity }) {
  const target = new URL(url)
  const taken = { events: 0, requests: 0, failed: 0 }
  const waits = []
  const begin = performance.now()
  const isOver = () => performance.now() - begin > ms || taken.events >= total
  const one = () =>
    new Promise((resolve) => {
      const socket = connect(Number(target.port), target.hostname).setNoDelay(true)
      let first = made
      made += count
      const request = requestFor(target, first, count)
      let sentAt = 0
      let seen = ''
      const send = () => {
        if (isOver()) return void socket.end()
        refresh(request, first, made, count)
        first = made
        made += count
        sentAt = performance.now()
        socket.write(request)
      }
      socket.on('connect', send)
      socket.on('data', (part) => {
        seen += part.toString('latin1')
        const head = seen.indexOf('\r\n\r\n')
        if (head < 0) return
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(seen)?.[1] ?? 0)
        if (seen.length < head + 4 + length) return
        waits.push(performance.now() - sentAt)
        taken.requests++
        if (seen.startsWith('HTTP/1.1 20')) taken.events += count
        else taken.failed++
        seen = ''
        send()
      })
      socket.on('error', resolve)
      socket.on('close', resolve)
    })
  return Promise.all(Array.from({ length: connections }, one)).then(() => {
    waits.sort((a, b) => a - b)
    const at = (share) => waits[Math.floor(waits.length * share)] ?? 0
    const seconds = (performance.now() - begin) / 1000
    return { ...taken, seconds, perSecond: taken.events / seconds, p50: at(0.5), p99: at(0.99) }
  })
}

serve({ ready: true }, { run, stop: () => undefined })
