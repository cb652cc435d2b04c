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

const snakeCase = (name: string): string => name.replace(/\B[A-Z]/g, '_$&')

/** A name as names are compared: without case, spaces, `_` and `-`. */
export const foldName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

/** One event's names as they are spelled: ours in snake case, Meta's, Reddit's, Snapchat's in capitals, then aliases. */
const rowOf = (line: string): readonly string[] =>
  line
    .replace(/-/g, line.split(',')[0]!)
    .split(',')
    .map((name, at) => (at ? (at === 3 ? snakeCase(name).toUpperCase() : name) : snakeCase(name).toLowerCase()))

export const nameRows = (): readonly (readonly string[])[] => table.split('\n').map(rowOf)

/** The first row that holds a spelling, read from the table when it is asked for. */
export function findNameRow(name: string): readonly string[] | undefined {
  const folded = foldName(name)
  const line = folded && table.split('\n').find((names) => foldName(names).split(',').includes(folded))
  return line ? rowOf(line) : undefined
}
