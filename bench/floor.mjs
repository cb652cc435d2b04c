// The physical limit of an acknowledged post: bare node:http, one JSON.parse, one append that is synced for all who wait.
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { optionsOf, serve, usage } from './child.mjs'

const folder = mkdtempSync(path.join(optionsOf().folder, 'floor-'))
const file = openSync(path.join(folder, 'log'), 'a')
let waiting = []
let writing = false

/** While one group is synced, the next gathers. */
function commit() {
  if (writing || waiting.length === 0) return
  writing = true
  const group = waiting
  waiting = []
  write(file, Buffer.concat(group.map(({ bytes }) => bytes)), (failed) => {
    if (failed) throw failed
    fdatasync(file, (broken) => {
      if (broken) throw broken
      for (const { response } of group) response.writeHead(204).end()
      writing = false
      commit()
    })
  })
}

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts)
    const { events } = JSON.parse(bytes.toString())
    if (!events.every(({ event_id: id }) => typeof id === 'string')) return void response.writeHead(400).end()
    waiting.push({ bytes, response })
    setImmediate(commit)
  })
})
server.listen(0, '127.0.0.1', () =>
  serve(
    { url: `http://127.0.0.1:${server.address().port}` },
    {
      usage,
      stop() {
        closeSync(file)
        rmSync(folder, { recursive: true, force: true })
      },
    },
  ),
)
