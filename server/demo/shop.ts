import express from 'express'
import type { Request, Response } from 'express'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { cartLines, currency, findProduct, products, searchProducts } from './catalog.ts'
import { Orders, backendCopy, buyerFields } from './orders.ts'
import type { Buyer } from './orders.ts'
import { shopPage } from './shop-page.ts'
import type { Frame, Page } from './shop-page.ts'
import { forwardTo } from './shop-proxy.ts'
import { shopStyle } from './shop-style.ts'
import * as views from './shop-views.ts'

export interface ShopDeps extends Frame {
  readonly collectorUrl: string
  /** Where the collector is told the visitor sits: loopback would mean nothing to a platform. */
  readonly visitorIp: string
  /** Lets the shop's back end post to the collector. */
  readonly serverKey?: string
  readonly now?: () => number
}

const mostInCart = 50

/** A small shop as a site owner would have it: the platforms' snippets, one Pairpixel tag, and a reverse proxy. */
export function createShop(deps: ShopDeps): express.Express {
  const { collectorUrl, scriptPath, visitorIp, serverKey, liveUrl, now = Date.now } = deps
  const orders = new Orders()
  const app = express().disable('x-powered-by').set('query parser', 'simple')
  const show = (request: Request, response: Response, page: Omit<Page, 'cartCount'>) =>
    response.type('html').send(shopPage(deps, { ...page, cartCount: readCart(request).length }))
  const missing = (request: Request, response: Response, what: string) =>
    show(request, response.status(404), { title: 'Not here', body: views.missingView(what) })

  app.use(dirname(scriptPath), forwardTo(collectorUrl, visitorIp))
  app.use(express.urlencoded({ extended: false, limit: '16kb' }))
  app.get('/shop.css', (_request, response) => response.type('css').send(shopStyle))

  app.get('/', (request, response) => {
    show(request, response, { title: 'Tea', body: views.homeView(products, adLink(now()), liveUrl) })
  })
  app.get('/product/:id', (request, response) => {
    const product = findProduct(request.params.id)
    if (!product) return missing(request, response, 'We have no such tea.')
    const body = views.productView(product)
    const facts = views.factsOf([{ product, quantity: 1 }])
    return show(request, response, { title: product.name, body, calls: [['track', 'view_item', facts]] })
  })
  app.get('/search', (request, response) => {
    const query = textOf(request.query.q)
    const found = searchProducts(query)
    const items = found.map(({ id, name }) => ({ id, name }))
    show(request, response, {
      title: 'Search',
      body: views.searchView(query, found),
      calls: query ? [['track', 'search', { search_string: query, items }]] : [],
    })
  })

  app.get('/cart', (request, response) => {
    show(request, response, { title: 'Cart', body: views.cartView(cartLines(readCart(request))) })
  })
  app.post('/cart', (request, response) => {
    const { add, empty } = formOf(request)
    const added = findProduct(add ?? '')
    writeCart(response, empty ? [] : [...readCart(request), ...(added ? [added.id] : [])])
    response.redirect(303, '/cart')
  })
  app.get('/checkout', (request, response) => {
    const lines = cartLines(readCart(request))
    if (!lines.length) return response.redirect(303, '/cart')
    const calls = [['track', 'begin_checkout', views.factsOf(lines)]] as const
    return show(request, response, { title: 'Check out', body: views.checkoutView(lines), calls })
  })
  app.post('/checkout', (request, response) => {
    const lines = cartLines(readCart(request))
    if (!lines.length) return response.redirect(303, '/cart')
    const form = formOf(request)
    const buyer = Object.fromEntries(buyerFields.map((field) => [field, form[field]?.trim() ?? ''])) as Buyer
    writeCart(response, [])
    return response.redirect(303, `/thanks/${orders.place(lines, buyer, now()).number}`)
  })
  app.get('/thanks/:order', (request, response) => {
    const order = orders.find(request.params.order)
    if (!order) return missing(request, response, 'We know no such order.')
    const { number, lines, buyer } = order
    return show(request, response, {
      title: 'Thank you',
      body: views.thanksView(order, serverKey !== undefined),
      calls: [
        ['identify', { email: buyer.email }],
        ['track', 'purchase', { ...views.factsOf(lines), order_id: number }, { id: number }],
      ],
    })
  })
  app.post('/orders/:order/backend-copy', async (request, response) => {
    const order = orders.find(request.params.order)
    if (!order || serverKey === undefined) return missing(request, response, 'We know no such order.')
    const { status, text } = await postEvents(collectorUrl, serverKey, backendCopy(order))
    const body = views.backendCopyView(order.number, status, text)
    return show(request, response, { title: 'Back-end copy', body })
  })

  app.get('/newsletter', (request, response) => {
    show(request, response, { title: 'Newsletter', body: views.newsletterView() })
  })
  app.post('/newsletter', (request, response) => {
    const email = formOf(request).email?.trim() ?? ''
    show(request, response, {
      title: 'Newsletter',
      body: views.newsletterView(email),
      calls: [
        ['identify', { email }],
        ['track', 'generate_lead', { value: 1, currency }],
      ],
    })
  })
  app.use((request, response) => missing(request, response, 'There is no such page.'))
  return app
}

/** The home page as an ad on each platform would open it, with made-up click IDs. */
const adLink = (now: number): string =>
  `/?fbclid=IwDEMO${now.toString(36)}&rdt_cid=demo${now.toString(36)}&ScCid=${randomUUID()}`

async function postEvents(
  collectorUrl: string,
  serverKey: string,
  batch: object,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(new URL('/v1/events', collectorUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(10_000),
    })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return { status: 502, text: 'The collector does not answer.' }
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 100) : '')

const formOf = ({ body }: Request): Readonly<Record<string, string | undefined>> => {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.keys(fields).map((name) => [name, textOf(fields[name])]))
}

/** The cart is its product IDs in a cookie; what is no product of ours is left out. */
function readCart({ headers }: Request): readonly string[] {
  const [, ids = ''] = /(?:^|;\s*)cart=([^;]*)/.exec(headers.cookie ?? '') ?? []
  return ids.split('.').filter(findProduct).slice(0, mostInCart)
}

const writeCart = (response: Response, ids: readonly string[]) =>
  response.cookie('cart', ids.slice(0, mostInCart).join('.'), { httpOnly: true, sameSite: 'lax', path: '/' })
