/**
 * Event names. One row an event: canonical name (GA4's), Meta, Reddit (as its pixel and v2 spell it), Snapchat, then
 * further aliases (Segment's and older spellings). An empty cell: the platform has no such standard event.
 * Source: the name tables of the three platforms' pages and of the pixel's page.
 */
const rows = [
  'page_view,PageView,PageVisit,PAGE_VIEW,page,gtm.dom',
  'view_item,ViewContent,ViewContent,VIEW_CONTENT,ProductViewed',
  'view_item_list,,,LIST_VIEW,ProductListViewed,ViewCategory',
  'search,Search,Search,SEARCH,ViewSearchResults,ProductsSearched',
  'add_to_cart,AddToCart,AddToCart,ADD_CART,ProductAdded',
  'add_to_wishlist,AddToWishlist,AddToWishlist,ADD_TO_WISHLIST,ProductAddedToWishlist',
  'begin_checkout,InitiateCheckout,,START_CHECKOUT,CheckoutStarted',
  'add_payment_info,AddPaymentInfo,,ADD_BILLING,PaymentInfoEntered',
  'purchase,Purchase,Purchase,PURCHASE,OrderCompleted',
  'sign_up,CompleteRegistration,SignUp,SIGN_UP,SignedUp',
  'generate_lead,Lead,Lead,SIGN_UP,LeadGenerated',
  'login,,,LOGIN,SignedIn',
  'share,,,SHARE,ProductShared',
  'subscribe,Subscribe,,SUBSCRIBE,Subscribed',
  'start_trial,StartTrial,,START_TRIAL,TrialStarted',
  'contact,Contact,,',
  'schedule,Schedule,,',
  'find_location,FindLocation,,',
  'submit_application,SubmitApplication,,',
  'customize_product,CustomizeProduct,,',
  'donate,Donate,,',
  'complete_tutorial,,,COMPLETE_TUTORIAL,TutorialComplete',
  'select_promotion,,,AD_CLICK,PromotionClick,PromotionClicked',
  'view_promotion,,,AD_VIEW,PromotionView,PromotionViewed',
  'spend_virtual_currency,,,SPENT_CREDITS,SpendCredits',
  'invite,,,INVITE',
  'reserve,,,RESERVE',
  'rate,,,RATE',
  'save,,,SAVE',
] as const

export type PlatformName = 'meta' | 'reddit' | 'snapchat'
export const platformNames: readonly PlatformName[] = ['meta', 'reddit', 'snapchat']

interface NameRow {
  readonly canonical: string
  readonly meta: string
  readonly reddit: string
  readonly snapchat: string
}

/** A name as names are compared: without case, spaces, `_` and `-`. */
export const foldName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

const byCanonical = /* @__PURE__ */ new Map<string, NameRow>()
const byAlias = /* @__PURE__ */ new Map<string, string>()
for (const row of rows) {
  const [canonical, meta, reddit, snapchat] = row.split(',') as [string, string, string, string]
  byCanonical.set(canonical, { canonical, meta, reddit, snapchat })
  // First row wins: Snapchat's SIGN_UP is sign_up, though generate_lead goes there too.
  for (const alias of row.split(',')) if (alias && !byAlias.has(foldName(alias))) byAlias.set(foldName(alias), canonical)
}

/** Every canonical standard name, in table order. */
export const canonicalNames: readonly string[] = /* @__PURE__ */ [...byCanonical.keys()]

/** Canonical name of any platform's, GA4's or Segment's spelling; a custom name comes back letter for letter. */
export const canonicalName = (name: string): string => byAlias.get(foldName(name)) ?? name

/** The platform's own standard name for a canonical one; undefined where it has none or the name is custom. */
export const standardName = (canonical: string, platform: PlatformName): string | undefined =>
  byCanonical.get(canonical)?.[platform] || undefined

export const isStandard = (canonical: string): boolean => byCanonical.has(canonical)
