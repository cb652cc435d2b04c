// The event that every part of the benchmark uses: one Purchase of about 960 bytes, as a shop's page sends it.

const cities = [
  ['Springfield', 'Illinois', '62704'],
  ['Portland', 'OR', '97205'],
  ['Lyon', 'Rhône', '69002'],
  ['München', 'Bayern', '80331'],
  ['Austin', 'Texas', '73301'],
  ['Leeds', 'England', 'LS1 4AP'],
]
const countries = ['US', 'US', 'FR', 'DE', 'US', 'GB']

const digits = (n, length) => String(n).padStart(length, '0')

/** The n-th event. People, orders and event IDs are all different; places and user agents repeat, as they do in life. */
export function purchase(n, at = Date.now()) {
  const [city, state, zip] = cities[n % cities.length]
  return {
    event: 'purchase',
    event_id: `0197a3c2-7d1e-7b4a-9c55-${digits(n, 12)}`,
    event_time: at,
    order_id: `SO-${digits(n, 9)}`,
    url: 'https://shop.example/checkout/thanks?utm_source=reddit&rdt_cid=5123456789012345678',
    referrer: 'https://www.reddit.com/r/hiking/comments/1a2b3c/jackets/',
    title: 'Thank you for your order',
    value: 142.5,
    currency: 'USD',
    items: [
      { id: 'SKU-10001', name: 'Trail cap', quantity: 2, price: 31.25 },
      { id: 'SKU-20417', name: 'Rain jacket', quantity: 1, price: 80 },
    ],
    user: {
      email: `jane.doe+${digits(n, 9)}@shop.example`,
      phone: `+1 415 ${digits(n % 1e7, 7)}`,
      first_name: 'Jane',
      last_name: 'Doe',
      city,
      state,
      zip,
      country: countries[n % countries.length],
      external_id: `customer-${digits(n, 9)}`,
    },
    context: {
      screen_width: 1512,
      screen_height: 982,
      click_ids: { rdt_cid: '5123456789012345678' },
      cookies: { _fbp: `fb.1.1763712000000.${digits(n, 10)}`, _rdt_uuid: '1763712000000.0b2c8c3e-4a6d-4bb8' },
    },
    fired: { meta: 'requested', reddit: 'requested', snapchat: 'called' },
  }
}

/** A post of so many events as text, from event number `first` on. */
export const post = (first, count, at) =>
  JSON.stringify({ events: Array.from({ length: count }, (_, index) => purchase(first + index, at)) })

export const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
]
