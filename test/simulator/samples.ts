import { change, hash, now, nowS } from './start.ts'

/** Events as each platform's documentation shows them; tests change what matters. */
export const meta = {
  event_name: 'Purchase',
  event_time: nowS - 60,
  event_id: 'order-1001',
  action_source: 'website',
  event_source_url: 'https://shop.example/thanks',
  user_data: { em: [hash('a')], client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' },
  custom_data: { value: 142.52, currency: 'USD' },
}
export const metaLead = change(meta, { event_name: 'Lead', custom_data: undefined })

const redditUser = {
  email: hash('a'),
  ip_address: hash('b'),
  user_agent: 'Mozilla/5.0',
  screen_dimensions: { width: 1440, height: 900 },
}
export const reddit = {
  event_at: now - 1000,
  action_source: 'WEBSITE',
  event_source_url: 'https://shop.example/thanks',
  click_id: '3184742045291813272',
  type: { tracking_type: 'PURCHASE' },
  metadata: { item_count: 2, currency: 'USD', value: 10.99, order_id: '1001', conversion_id: hash('c') },
  user: redditUser,
}
export const redditV2 = {
  event_at: new Date(now - 1000).toISOString(),
  event_type: { tracking_type: 'Purchase' },
  click_id: '3184742045291813272',
  event_metadata: { item_count: 2, currency: 'USD', value_decimal: 10.99, conversion_id: hash('c') },
  user: redditUser,
}

export const snap = {
  event_name: 'PURCHASE',
  event_time: now - 1000,
  action_source: 'WEB',
  event_source_url: 'https://shop.example/thanks?ScCid=x',
  event_id: 'order-1001',
  user_data: { em: [hash('a')], client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' },
  custom_data: { currency: 'USD', value: 15, order_id: '1001' },
}
export const snapPage = change(snap, { event_name: 'PAGE_VIEW', custom_data: undefined })

/** What an app tells of its device; both Meta and Snap want 16 entries. */
export const extinfo = ['a2', 'example.shop', '1.0', '1.0.0', '14', ...Array<string>(11).fill('')]
