// Checked by the compiler alone (`npm run types`, and against the packed package in test/repository.test.ts): what a
// page that bundles the pixel may write, and after each `@ts-expect-error` what it may not.
import { createPixel, type AnyEvents, type SayConsent, type StandardEvents } from '../../client/module.ts'

const site = { key: 'shop', endpoint: 'https://www.shop.example/_p/e' }

export function anyEvents(): void {
  const pixel = createPixel(site)
  const id: string | undefined = pixel.track('purchase', { value: 12.5, currency: 'EUR', order_id: '1001', gift: true })
  pixel.track('Order Completed', { revenue: 5 }, { id: id ?? 1001 })
  pixel.track('quiz_done', { score: 3 })
  pixel('track', 'search', { search_string: 'cap' })
  pixel.page({ value: 1 }, { id: 'view-1' })
  pixel('page')
  pixel.identify({ email: ['jane@shop.example', 'jane@example.com'], phone: '+12025550100' })
  pixel('set', { auto: false, hashRoutes: '1', pixels: { meta: ['123'] } })
  pixel.flush()
  // @ts-expect-error A value is a number or a text.
  pixel.track('purchase', { value: {} })
  // @ts-expect-error An order number is no list.
  pixel('track', 'purchase', { order_id: ['1001'] })
  // @ts-expect-error Items are objects.
  pixel.track('add_to_cart', { items: ['SKU-1'] })
  // @ts-expect-error There is no such command.
  pixel('trak', 'purchase')
  // @ts-expect-error There is no such match key.
  pixel.identify({ mail: 'jane@shop.example' })
  // @ts-expect-error There is no such option.
  pixel.set({ hashRoute: '1' })
  // @ts-expect-error An event has a name.
  pixel.track()
}

export function eventsOfOnesOwn(): void {
  const pixel = createPixel<{ quiz_done: { score: number } }>(site)
  pixel.track('quiz_done', { score: 3 }, { id: 'q-1' })
  pixel('track', 'quiz_done', { score: 3 })
  pixel.track('purchase', { value: 5, currency: 'EUR', order_id: 1001 })
  pixel('identify', { email: 'jane@shop.example' })
  // @ts-expect-error A score is a number.
  pixel.track('quiz_done', { score: 'three' })
  // @ts-expect-error It has a score.
  pixel('track', 'quiz_done', {})
  // @ts-expect-error The map has no such name.
  pixel.track('quiz_don')
  // @ts-expect-error Nor has it this one.
  pixel('track', 'newsletter', {})
  // @ts-expect-error Standard properties stay checked.
  pixel.track('purchase', { currency: 5 })
}

export function ownAndOthers(): void {
  const pixel = createPixel<{ quiz_done: { score: number } } & AnyEvents>(site)
  pixel.track('newsletter', { list: 'spring' })
  pixel.track('quiz_done', { score: 3 })
  // @ts-expect-error A score is still a number.
  pixel.track('quiz_done', { score: 'three' })
}

export function ownFormOfStandard(): void {
  interface Events {
    purchase: { value: number; currency: 'EUR' | 'USD'; order_id: string }
  }
  const pixel = createPixel<Events>(site)
  pixel.track('purchase', { value: 5, currency: 'EUR', order_id: '1001' })
  // @ts-expect-error The map asks for more than the standard does.
  pixel.track('purchase', { value: 5 })
}

export function consent(): void {
  const say: SayConsent | undefined = createPixel(site).consent
  say?.('granted', { limited: true, source: 'cmp' })
  say?.('denied')
  // @ts-expect-error There is no such word.
  say?.('maybe')
}

export function theGlobal(): void {
  const id = window.pairpixel?.('track', 'purchase', { value: 5 }, { id: '1001' })
  window.pairpixel?.('consent', 'granted', { source: 'cmp' })
  const text: string | undefined = id
  // @ts-expect-error It may not be there.
  window.pairpixel.track('purchase')
  // @ts-expect-error There is no such consent.
  window.pairpixel?.('consent', text)
}

export function settings(): void {
  // @ts-expect-error The site's key is needed.
  createPixel({ endpoint: '/e' })
  // @ts-expect-error Features are joined by the collector, not by pages.
  createPixel({ ...site, features: [] })
}

/** Every canonical name, so that a new one is not forgotten (test/docs/pixel.test.ts). */
export const standardNames = {
  page_view: 0,
  view_item: 0,
  view_item_list: 0,
  search: 0,
  add_to_cart: 0,
  add_to_wishlist: 0,
  begin_checkout: 0,
  add_payment_info: 0,
  purchase: 0,
  sign_up: 0,
  generate_lead: 0,
  login: 0,
  share: 0,
  subscribe: 0,
  start_trial: 0,
  contact: 0,
  schedule: 0,
  find_location: 0,
  submit_application: 0,
  customize_product: 0,
  donate: 0,
  complete_tutorial: 0,
} satisfies Record<keyof StandardEvents, 0>
