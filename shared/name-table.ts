/**
 * Event names, one line an event: our own (GA4's), Meta's, Reddit's (as its pixel and v2 spell it), Snapchat's, then
 * further aliases (Segment's and older spellings), all as Meta and Reddit write names. `-` stands for the first, an
 * empty cell for a platform without such a standard event. The first row that holds a spelling counts: SIGN_UP is
 * sign_up, though generate_lead goes there too.
 * Names that Snapchat alone knows (INVITE, AD_CLICK, …) stay custom ones here; its own room maps them.
 * What only the collector has to know stands in names.ts: every visitor pays for a line here.
 * Source: the name tables of the three platforms' pages and of the pixel's page.
 */
const table = `PageView,-,PageVisit,-,Page
ViewItem,ViewContent,ViewContent,ViewContent,ProductViewed
ViewItemList,,,ListView,ProductListViewed
Search,-,-,-,ViewSearchResults,ProductsSearched
AddToCart,-,-,AddCart,ProductAdded
AddToWishlist,-,-,-,ProductAddedToWishlist
BeginCheckout,InitiateCheckout,,StartCheckout,CheckoutStarted
AddPaymentInfo,-,,AddBilling,PaymentInfoEntered
Purchase,-,-,-,OrderCompleted
SignUp,CompleteRegistration,-,-,SignedUp
GenerateLead,Lead,Lead,SignUp,LeadGenerated
Login,,,-,SignedIn
Share,,,-,ProductShared
Subscribe,-,,-,Subscribed
StartTrial,-,,-,TrialStarted
Contact,-
Schedule,-
FindLocation,-
SubmitApplication,-
CustomizeProduct,-
Donate,-`

/** A name as names are compared: without case, spaces, `_` and `-`. */
export const foldName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

/** One event's names as they are spelled: ours in snake case, Meta's, Reddit's, Snapchat's in capitals, then aliases. */
const spell = (cell: string, at: number, [first]: readonly string[]): string => {
  const name = cell === '-' ? first! : cell
  return at % 3 ? name : name.replace(/\B[A-Z]/g, '_$&')[at ? 'toUpperCase' : 'toLowerCase']()
}

export const nameRows = (): readonly (readonly string[])[] =>
  table.split('\n').map((line) => line.split(',').map(spell))

/** The first row that holds a spelling, read from the table when it is asked for; nothing is no spelling. */
export function findNameRow(name: string): readonly string[] | undefined {
  // No spelling has a space any more, so nothing is none.
  const folded = foldName(name) || ' '
  return table
    .split('\n')
    .find((names) => names.toLowerCase().split(',').includes(folded))
    ?.split(',')
    .map(spell)
}
