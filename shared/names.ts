/**
 * Event names, one line an event: canonical name (GA4's), Meta, Reddit (as its pixel and v2 spell it), Snapchat, then
 * further aliases (Segment's and older spellings). All in snake case: Meta and Reddit write `PageView`, Snapchat
 * `PAGE_VIEW`. `=` stands for the canonical name, an empty cell for a platform without such a standard event.
 * Names that Snapchat alone knows (INVITE, AD_CLICK, …) stay custom ones here; its own room maps them.
 * Source: the name tables of the three platforms' pages and of the pixel's page.
 */
const rows = `page_view,=,page_visit,=,page,gtm.dom
view_item,view_content,view_content,view_content,product_viewed
view_item_list,,,list_view,product_list_viewed,view_category
search,=,=,=,view_search_results,products_searched
add_to_cart,=,=,add_cart,product_added
add_to_wishlist,=,=,=,product_added_to_wishlist
begin_checkout,initiate_checkout,,start_checkout,checkout_started
add_payment_info,=,,add_billing,payment_info_entered
purchase,=,=,=,order_completed
sign_up,complete_registration,=,=,signed_up
generate_lead,lead,lead,sign_up,lead_generated
login,,,=,signed_in
share,,,=,product_shared
subscribe,=,,=,subscribed
start_trial,=,,=,trial_started
contact,=
schedule,=
find_location,=
submit_application,=
customize_product,=
donate,=
complete_tutorial,,,=,tutorial_complete`
  .split('\n')
  .reverse()

export type PlatformName = 'meta' | 'reddit' | 'snapchat'
export const platformNames: readonly PlatformName[] = ['meta', 'reddit', 'snapchat']
export const isPlatformName = (name: string): name is PlatformName =>
  (platformNames as readonly string[]).includes(name)

/** A name as names are compared: without case, spaces, `_` and `-`. */
export const foldName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

/** Folded spelling → the row it stands in. */
const byAlias = /* @__PURE__ */ new Map<string, readonly string[]>()
for (const row of rows) {
  const names = row.replace(/=/g, row.split(',')[0]!).split(',')
  // From the last row to the first, so the first one wins: SIGN_UP is sign_up, though generate_lead goes there too.
  for (const alias of names) if (alias) byAlias.set(foldName(alias), names)
}

/** The row a spelling stands in: canonical name, then Meta’s, Reddit’s and Snapchat’s in snake case. */
export const nameRow = (name: string): readonly string[] | undefined => byAlias.get(foldName(name))

/** A row’s name as a platform spells it; undefined where it has none. */
export const spelledFor = (row: readonly string[] | undefined, platform: PlatformName): string | undefined => {
  const name = row?.[platformNames.indexOf(platform) + 1] || undefined
  return platform === 'snapchat'
    ? name?.toUpperCase()
    : name?.replace(/(^|_)./g, (start) => start.slice(-1).toUpperCase())
}

/** Every canonical standard name, in table order. */
export const canonicalNames: readonly string[] = /* @__PURE__ */ rows.map((row) => row.split(',')[0]!).reverse()

/** Canonical name of any platform's, GA4's or Segment's spelling; a custom name comes back letter for letter. */
export const canonicalName = (name: string): string => nameRow(name)?.[0] ?? name

export const isStandard = (canonical: string): boolean => nameRow(canonical)?.[0] === canonical

/** The platform's own standard name for a canonical one; undefined where it has none or the name is custom. */
export const standardName = (canonical: string, platform: string): string | undefined =>
  isPlatformName(platform) && isStandard(canonical) ? spelledFor(nameRow(canonical), platform) : undefined
