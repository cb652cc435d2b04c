import { JSDOM } from 'jsdom'
import { expect, test } from 'vitest'
import { ask } from '../dashboard/server.ts'
import { fakeCollector, nowhere, openShop } from './open-shop.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const buyer = 'email=ada%40shop.example&first_name=Ada&last_name=Example&city=Dublin&zip=D02+X285&country=IE'

/** The page as a browser runs it, outside scripts not loaded: what the stubs then hold. */
function run(page: string) {
  const { window } = new JSDOM(page, { runScripts: 'dangerously', url: 'http://shop.localhost/' })
  const queues = window as unknown as Record<string, Record<string, ArrayLike<unknown>[] | undefined> | undefined>
  const calls = (name: string, queue: string): unknown[][] =>
    (queues[name]?.[queue] ?? []).map((call) => Array.from(call))
  // Objects of another window are no equals of ours until they are plain.
  const plain = (value: unknown): unknown[][] => JSON.parse(JSON.stringify(value)) as unknown[][]
  return {
    document: window.document,
    window,
    fbq: plain(calls('fbq', 'queue')),
    rdt: plain(calls('rdt', 'callQueue')),
    snaptr: plain(calls('snaptr', 'queue')),
    pairpixel: () => plain(calls('pairpixel', 'q')),
  }
}

/** Puts teas into the cart and orders them; where the thank-you page is. */
async function order(shop: string, details = buyer): Promise<string> {
  const headers = { ...form, cookie: 'cart=mint.oolong.mint' }
  const { status, headers: answer } = await ask(`${shop}/checkout`, { method: 'POST', headers, body: details })
  expect(status).toBe(303)
  return answer.location!
}

test.each([
  ['home', '/', 200, []],
  ['a product', '/product/mint', 200, [['track', 'view_item', { value: 8.5, currency: 'EUR' }]]],
  ['no such product', '/product/gold', 404, []],
  ['a search', '/search?q=mint', 200, [['track', 'search', { search_string: 'mint' }]]],
  ['a search for nothing', '/search', 200, []],
  ['the cart', '/cart', 200, []],
  ['the till', '/checkout', 200, [['track', 'begin_checkout', { value: 34, currency: 'EUR' }]]],
  ['the newsletter', '/newsletter', 200, []],
  ['no such order', '/thanks/T-0', 404, []],
  ['no such page', '/nowhere', 404, []],
])('%s has the base snippets, one tag and its own calls', async (_sentence, path, status, calls) => {
  const answer = await ask((await openShop()) + path, { headers: { cookie: 'cart=mint.oolong.mint.gold' } })
  expect(answer.status).toBe(status)
  const page = run(answer.body)
  expect(page.fbq).toEqual([
    ['init', '100'],
    ['track', 'PageView'],
  ])
  expect(page.rdt).toEqual([
    ['init', 'a2_demo'],
    ['track', 'PageVisit'],
  ])
  expect(page.snaptr).toEqual([
    ['init', '00000000-0000-4000-8000-000000000000', {}],
    ['track', 'PAGE_VIEW'],
  ])
  expect(page.window).toHaveProperty('fbq.version', '2.0')
  expect(page.window).toHaveProperty('fbq.loaded', true)
  const tags = [...page.document.querySelectorAll('script[data-pairpixel]')]
  expect(tags.map((tag) => tag.getAttribute('src'))).toEqual(['/_p/p.js'])
  expect(page.pairpixel()).toMatchObject(calls)
  expect(page.pairpixel()).toHaveLength(calls.length)
})

test('buttons tell of what they do when pressed', async () => {
  const page = run((await ask(`${await openShop()}/product/oolong`)).body)
  const facts = { value: 17, currency: 'EUR', items: [{ id: 'oolong', quantity: 1, price: 17 }] }
  page.document.querySelector('form[action="/cart"]')?.addEventListener('submit', (event) => event.preventDefault())
  for (const button of page.document.querySelectorAll<HTMLElement>('[data-track]')) button.click()
  expect(page.pairpixel().slice(1)).toMatchObject([
    ['track', 'add_to_cart', facts],
    ['track', 'add_to_wishlist', facts],
  ])
})

test('the cart fills, counts and empties', async () => {
  const shop = await openShop()
  const post = (body: string, cookie = '') =>
    ask(`${shop}/cart`, { method: 'POST', headers: { ...form, cookie }, body })
  const cookieOf = async (answer: ReturnType<typeof post>) => (await answer).headers['set-cookie']?.[0]?.split(';')[0]
  expect(await cookieOf(post('add=mint'))).toBe('cart=mint')
  expect(await cookieOf(post('add=oolong', 'other=1; cart=mint'))).toBe('cart=mint.oolong')
  expect(await cookieOf(post('add=gold', 'cart=mint'))).toBe('cart=mint')
  expect(await cookieOf(post('empty=1', 'cart=mint'))).toBe('cart=')
})

test('an order is thanked for under its number, with the e-mail and the purchase', async () => {
  const shop = await openShop()
  const path = await order(shop)
  const number = path.replace('/thanks/', '')
  expect(number).toMatch(/^T-[0-9A-F]{8}$/)
  const page = run((await ask(shop + path)).body)
  expect(page.pairpixel()).toEqual([
    ['identify', { email: 'ada@shop.example' }],
    [
      'track',
      'purchase',
      {
        value: 34,
        currency: 'EUR',
        order_id: number,
        items: [
          { id: 'mint', name: 'Garden mint', category: 'Herbal', quantity: 2, price: 8.5 },
          { id: 'oolong', name: 'Mountain oolong', category: 'Oolong', quantity: 1, price: 17 },
        ],
      },
      { id: number },
    ],
  ])
  expect(await order(shop)).not.toBe(path)
})

test('an empty cart cannot be ordered', async () => {
  const answer = await ask(`${await openShop()}/checkout`, { method: 'POST', headers: form, body: buyer })
  expect(answer).toMatchObject({ status: 303, headers: { location: '/cart' } })
})

test('the newsletter tells of a lead', async () => {
  const url = `${await openShop()}/newsletter`
  const { body } = await ask(url, { method: 'POST', headers: form, body: 'email=ada%40shop.example' })
  expect(run(body).pairpixel()).toMatchObject([
    ['identify', { email: 'ada@shop.example' }],
    ['track', 'generate_lead', { currency: 'EUR' }],
  ])
})

test.each([
  ['a script element', '<script>window.taken=1</script>'],
  ['an end of script', '</script><script>window.taken=1</script>'],
  ['a comment that swallows scripts', '<!--<script>'],
  ['quotes', '"\'><img src=x onerror="window.taken=1">'],
  ['a line separator', 'a\u2028b'],
])('what a visitor types stays text: %s', async (_sentence, typed) => {
  const shop = await openShop()
  const searched = run((await ask(`${shop}/search?q=${encodeURIComponent(typed)}`)).body)
  expect(searched.document.querySelector('h1')?.textContent).toBe(`Results for “${typed}”`)
  expect(searched.pairpixel()).toMatchObject([['track', 'search', { search_string: typed }]])
  const details = buyer
    .replace('Ada', encodeURIComponent(typed))
    .replace('ada%40shop.example', encodeURIComponent(typed))
  const thanked = run((await ask(shop + (await order(shop, details)))).body)
  expect(thanked.document.querySelector('h1')?.textContent).toBe(`Thank you, ${typed}.`)
  expect(thanked.pairpixel()[0]).toEqual(['identify', { email: typed }])
  for (const { window } of [searched, thanked]) expect(window).not.toHaveProperty('taken')
})

test('home offers an ad’s click IDs and the dashboard', async () => {
  const liveUrl = 'http://localhost:8788/admin'
  const { document } = run((await ask(`${await openShop({ liveUrl })}/`)).body)
  const [ad, live] = [...document.querySelectorAll('aside a')].map((link) => link.getAttribute('href'))
  expect(ad).toMatch(/^\/\?fbclid=\w+&rdt_cid=\w+&ScCid=[0-9a-f]{8}-[0-9a-f-]{27}$/)
  expect(live).toBe(liveUrl)
})

test('the back end’s copy carries the order’s number, value, items and buyer', async () => {
  const collector = await fakeCollector((_taken, response) => {
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"results":["stored"]}')
  })
  const serverKey = 'demo-key-'.repeat(4)
  const shop = await openShop({ collectorUrl: collector.url, serverKey, now: () => Date.UTC(2026, 10, 21) })
  const path = await order(shop, buyer.replace('city=Dublin', 'city='))
  const number = path.replace('/thanks/', '')
  const button = run((await ask(shop + path)).body).document.querySelector('form[action^="/orders/"]')
  expect(button?.getAttribute('action')).toBe(`/orders/${number}/backend-copy`)

  const answer = await ask(`${shop}/orders/${number}/backend-copy`, { method: 'POST' })
  expect(collector.taken).toMatchObject([
    {
      method: 'POST',
      url: '/v1/events',
      headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
    },
  ])
  expect(JSON.parse(collector.taken[0]!.body)).toEqual({
    v: 1,
    events: [
      {
        event: 'purchase',
        event_id: number,
        event_time: '2026-11-21T00:00:00.000Z',
        action_source: 'website',
        order_id: number,
        value: 34,
        currency: 'EUR',
        items: [
          { id: 'mint', name: 'Garden mint', category: 'Herbal', quantity: 2, price: 8.5 },
          { id: 'oolong', name: 'Mountain oolong', category: 'Oolong', quantity: 1, price: 17 },
        ],
        user: { email: 'ada@shop.example', first_name: 'Ada', last_name: 'Example', zip: 'D02 X285', country: 'IE' },
      },
    ],
  })
  const shown = run(answer.body).document
  expect(shown.querySelector('h1')?.textContent).toBe('The collector answered 202')
  expect(shown.querySelector('pre')?.textContent).toBe('{"results":["stored"]}')
})

test('a collector that is away is reported, not thrown', async () => {
  const shop = await openShop({ collectorUrl: nowhere, serverKey: 'k'.repeat(32) })
  const number = (await order(shop)).replace('/thanks/', '')
  const { body } = await ask(`${shop}/orders/${number}/backend-copy`, { method: 'POST' })
  expect(run(body).document.querySelector('pre')?.textContent).toBe('The collector does not answer.')
})

test('without a key there is no button and nothing to post to', async () => {
  const shop = await openShop()
  const path = await order(shop)
  expect((await ask(shop + path)).body).not.toContain('backend-copy')
  const number = path.replace('/thanks/', '')
  expect((await ask(`${shop}/orders/${number}/backend-copy`, { method: 'POST' })).status).toBe(404)
})
