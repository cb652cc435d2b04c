// The three platforms as bare as can be: they count what comes and answer yes in each platform's shape.
import { createServer } from 'node:http'
import { serve, usage } from './child.mjs'

const counts = { meta: 0, reddit: 0, snapchat: 0 }
let requests = 0

/** The platform of a path, the mark that each event bears in its body, and the answer that means yes. */
const platforms = [
  {
    name: 'reddit',
    path: /conversion/,
    mark: '"event_at"',
    yes: () => '{"data":{"message":"Successfully processed all conversion events."}}',
  },
  { name: 'snapchat', path: /\/v3\//, mark: '"event_name"', yes: () => '{"status":"VALID"}' },
  {
    name: 'meta',
    path: /\/events/,
    mark: '"event_name"',
    yes: (count) => `{"events_received":${count},"fbtrace_id":"bench"}`,
  },
]

function countOf(body, mark) {
  let count = 0
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) count++
  return count
}

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const { name, mark, yes } = platforms.find(({ path }) => path.test(request.url))
    const count = countOf(Buffer.concat(parts), mark)
    counts[name] += count
    requests++
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(yes(count))
  })
})
server.listen(0, '127.0.0.1', () =>
  serve(
    { url: `http://127.0.0.1:${server.address().port}` },
    { usage, counts: () => ({ ...counts, requests }), stop: () => undefined },
  ),
)
