import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createShop } from '../../server/demo/shop.ts'
import type { ShopDeps } from '../../server/demo/shop.ts'
import { serve } from '../dashboard/server.ts'

export interface Taken {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A collector that keeps what it got and answers as told. */
export async function fakeCollector(answer: (taken: Taken, response: ServerResponse) => void) {
  const taken: Taken[] = []
  const url = await serve((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
      taken.push(one)
      answer(one, response)
    })
  })
  return { url, taken }
}

/** Nobody listens there. */
export const nowhere = 'http://127.0.0.1:1'

export const openShop = (more: Partial<ShopDeps> = {}): Promise<string> =>
  serve(
    createShop({
      collectorUrl: nowhere,
      scriptPath: '/_p/p.js',
      pixels: {
        meta: { id: '100', script: 'http://127.0.0.1:1/meta.js' },
        reddit: { id: 'a2_demo', script: 'http://127.0.0.1:1/reddit.js' },
        snapchat: { id: '00000000-0000-4000-8000-000000000000', script: 'http://127.0.0.1:1/snap.js' },
      },
      visitorIp: '203.0.113.7',
      ...more,
    }),
  )
