import { describe, expect, test } from 'vitest'
import { canonicalName, canonicalNames, isStandard, platformNames, standardName } from '../../shared/names.ts'

/** Canonical name, names that mean it, and what Meta, Reddit and Snapchat call it. */
const rows: readonly [string, string, string | undefined, string | undefined, string | undefined][] = [
  ['page_view', 'page_view page gtm.dom PageView PageVisit PAGE_VISIT', 'PageView', 'PageVisit', 'PAGE_VIEW'],
  ['view_item', 'view_content ViewContent product_viewed VIEW_CONTENT', 'ViewContent', 'ViewContent', 'VIEW_CONTENT'],
  ['view_item_list', 'view_item_list product_list_viewed view_category LIST_VIEW', undefined, undefined, 'LIST_VIEW'],
  ['search', 'Search view_search_results products_searched', 'Search', 'Search', 'SEARCH'],
  ['add_to_cart', 'AddToCart ADD_CART product_added', 'AddToCart', 'AddToCart', 'ADD_CART'],
  ['add_to_wishlist', 'AddToWishlist product_added_to_wishlist', 'AddToWishlist', 'AddToWishlist', 'ADD_TO_WISHLIST'],
  [
    'begin_checkout',
    'initiate_checkout InitiateCheckout checkout_started',
    'InitiateCheckout',
    undefined,
    'START_CHECKOUT',
  ],
  ['add_payment_info', 'AddPaymentInfo payment_info_entered ADD_BILLING', 'AddPaymentInfo', undefined, 'ADD_BILLING'],
  ['purchase', 'Purchase PURCHASE order_completed order-completed', 'Purchase', 'Purchase', 'PURCHASE'],
  [
    'sign_up',
    'complete_registration CompleteRegistration signed_up SIGN_UP',
    'CompleteRegistration',
    'SignUp',
    'SIGN_UP',
  ],
  ['generate_lead', 'lead Lead LEAD lead_generated', 'Lead', 'Lead', 'SIGN_UP'],
  ['login', 'LOGIN signed_in', undefined, undefined, 'LOGIN'],
  ['share', 'SHARE', undefined, undefined, 'SHARE'],
  ['subscribe', 'Subscribe', 'Subscribe', undefined, 'SUBSCRIBE'],
  ['start_trial', 'StartTrial', 'StartTrial', undefined, 'START_TRIAL'],
  ['contact', 'Contact', 'Contact', undefined, undefined],
  ['schedule', 'Schedule', 'Schedule', undefined, undefined],
  ['find_location', 'FindLocation', 'FindLocation', undefined, undefined],
  ['submit_application', 'SubmitApplication', 'SubmitApplication', undefined, undefined],
  ['customize_product', 'CustomizeProduct', 'CustomizeProduct', undefined, undefined],
  ['donate', 'Donate', 'Donate', undefined, undefined],
  ['complete_tutorial', 'tutorial_complete COMPLETE_TUTORIAL', undefined, undefined, 'COMPLETE_TUTORIAL'],
]

test('the table holds these events and no others', () => {
  expect([...canonicalNames].sort()).toEqual(rows.map(([name]) => name).sort())
})

describe.each(rows)('%s', (canonical, aliases, ...platformSide) => {
  test.each([canonical, ...aliases.split(' ')])('%s means it', (alias) => {
    expect(canonicalName(alias)).toBe(canonical)
    expect(isStandard(canonicalName(alias))).toBe(true)
  })

  test.each(platformNames.map((name, index) => [name, platformSide[index]] as const))(
    '%s calls it %s',
    (platform, name) => {
      expect(standardName(canonical, platform)).toBe(name)
      // Two of our names share one of Snapchat's; it means the first of them.
      const back = name && canonicalName(name)
      if (name) expect(back).toBe(canonical === 'generate_lead' && platform === 'snapchat' ? 'sign_up' : canonical)
    },
  )
})

test.each(['Newsletter Popup', 'purchases', 'my_event', '=', '-', '__', 'constructor', '__proto__'])(
  'the custom name %s stays letter for letter',
  (name) => {
    expect(canonicalName(name)).toBe(name)
    expect(isStandard(name)).toBe(false)
    for (const platform of platformNames) expect(standardName(name, platform)).toBeUndefined()
  },
)
