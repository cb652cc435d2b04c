import { createServer, request as ask, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { stopServer } from '../../integration/harness.ts'

/** Where a page's own words go; no site has that name. */
export const wordsUrl = 'http://words.localhost/'

/** What a browser without such commands of its own needs from what stands between it and the network. */
export interface Proxy {
  readonly url: string
  /** Every host is this machine. Addresses that fit get no answer. */
  blocked: RegExp | undefined
  /** Runs first in every document. */
  script: string
  /** What pages post to `wordsUrl`. */
  onWord: (word: string) => void
  close(): Promise<void>
}

export async function openProxy(): Promise<Proxy> {
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request
    if (url === wordsUrl) {
      void text(request).then((word) => proxy.onWord(word))
      return void response.writeHead(204).end()
    }
    if (proxy.blocked?.test(url)) return void request.socket.destroy()
    const { port, pathname, search } = new URL(url)
    const give = async (answer: IncomingMessage): Promise<void> => {
      const { 'content-length': _length, ...kept } = answer.headers
      if (!kept['content-type']?.startsWith('text/html')) {
        response.writeHead(answer.statusCode!, answer.headers)
        return void answer.pipe(response)
      }
      const page = await text(answer)
      response.writeHead(answer.statusCode!, kept)
      response.end(page.replace(/<!doctype html>/i, (start) => `${start}<script>${proxy.script}</script>`))
    }
    const onward = ask(
      { host: '127.0.0.1', port, method, path: pathname + search, headers, agent: false },
      (answer) => void give(answer),
    )
    onward.on('error', () => request.socket.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blocked: undefined,
    script: '',
    onWord: () => undefined,
    close: () => stopServer(server),
  }
  return proxy
}
