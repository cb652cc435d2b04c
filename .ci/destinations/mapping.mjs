// "Mapping by hand" of docs/destinations.md. What its examples come to is found by running them.
import { destinations } from '../../server/destinations/index.ts'
import { mapFor } from '../../server/destinations/mapping.ts'
import { sha256 } from '../../server/match-keys/digest.ts'
import { protect } from '../../server/match-keys/protect.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { full } from './fields.mjs'
import { code, leaves, list, now, platforms, table, wrapped } from './send.mjs'

const treeOf = (name, own) => ({ destinations: { [name]: { pixel_id: '1234567890', access_token: 'TOKEN', ...own } } })
const block = (own) => `\`\`\`json settings\n${JSON.stringify(treeOf('meta', own))}\n\`\`\``

/** What an event comes to at the one destination of some settings. Throws when the settings are refused. */
function through(name, own, input) {
  const [site] = checkTree(treeOf(name, own)).sites
  const parsed = parseEvent({ ...full, ...input }, { now, newId: () => 'made-up' })
  const { event } = protect(parsed.event, { calling_codes: site.callingCodes })
  return mapFor(destinations[name], event, site.instances[0], now)
}

const examples = {
  only: { events: ['purchase', 'generate_lead'] },
  except: { events: { except: ['page_view'] } },
  rename: { rename: { quiz_done: 'lead', club_joined: 'NewMember' } },
  map: {
    events: { except: ['page_view'] },
    map: [
      {
        when: [
          { field: 'event', is: 'purchase' },
          { field: 'props.kind', is: 'test' },
        ],
        skip: true,
      },
      {
        when: [
          { field: 'event', is: 'purchase' },
          { field: 'value', min: 500 },
        ],
        name: 'BigPurchase',
      },
      { when: [{ field: 'event', in: ['quiz_done', 'quiz_left'] }], name: 'lead' },
    ],
    rename: { quiz_done: 'QuizDone', club_joined: 'NewMember' },
  },
  set: {
    map: [
      { set: { 'custom.plan': 'props.plan', 'custom.screen': 'context.screen_width' } },
      {
        when: [{ field: 'event', is: 'quiz_done' }],
        set: { value: 'props.score', currency: { value: 'EUR' }, 'platform.status': { value: 'done' } },
      },
    ],
  },
  calling: { default_calling_code: '44' },
}

const quiz = { event: 'quiz_done', value: undefined, currency: undefined, props: { plan: 'pro', score: '87' } }

/** Events and the names they go under by the example of rules. */
function nameTable() {
  const rows = [
    ['`page_view`', { event: 'page_view' }],
    ['`purchase` of 499', { value: 499 }],
    ['`purchase` of 500', { value: 500 }],
    ['`purchase` of 500, `props.kind` is `test`', { value: 500, props: { kind: 'test' } }],
    ['`quiz_done`', { event: 'quiz_done' }],
    ['`club_joined`', { event: 'club_joined' }],
    ['`add_to_cart`', { event: 'add_to_cart' }],
  ]
  return table(
    ['Event', 'At Meta'],
    rows.map(([title, input]) => {
      const mapped = through('meta', examples.map, input)
      return [title, 'skip' in mapped ? `not sent: ${code(mapped.skip)}` : code(mapped.name)]
    }),
  )
}

/** What the example of fields adds to a request. */
function fieldTable() {
  const [before, after] = [{}, examples.set].map((own) => leaves(through('meta', own, quiz).payload))
  const changed = [...after].filter(([path, said]) => JSON.stringify(said) !== JSON.stringify(before.get(path)))
  return table(
    ['Path', 'Value'],
    changed.map(([path, [value]]) => [code(path), code(JSON.stringify(value))]),
  )
}

/** Where a field of one's own stands; a platform that has no place for one refuses the settings. */
function customTable() {
  const place = (name) => {
    try {
      const own = { rename: { quiz_done: 'CUSTOM_EVENT_1' }, map: [{ set: { 'custom.plan': 'props.plan' } }] }
      const [path] = [...leaves(through(name, own, quiz).payload)].find(([, said]) => said.includes('pro'))
      return code(path)
    } catch (error) {
      if (error.code !== 'CONFIG_INVALID') throw error
      return 'a fault at the start'
    }
  }
  return table(
    ['', ...platforms.map(({ title }) => title)],
    [['`custom.plan`', ...platforms.map(({ destination }) => place(destination.name))]],
  )
}

/** Phone numbers and how they are read with the example's calling code. Throws when one is read in another way. */
function phoneTable() {
  const rows = [
    ['07700 900123', '447700900123'],
    ['(0)7700 900123', '447700900123'],
    ['7700 900123', '447700900123'],
    ['+49 30 1234567', '49301234567'],
    ['0049 30 1234567', '49301234567'],
  ]
  for (const [phone, digits] of rows) {
    const { payload } = through('meta', examples.calling, { user: { phone } })
    if (payload.user_data.ph[0] !== sha256(digits)) throw new Error(`${phone} is not read as ${digits}`)
  }
  return table(
    ['Phone number', 'Read as'],
    rows.map((row) => row.map(code)),
  )
}

/** Fields a condition may look at, what a rule may set, and where a value may come from. */
export const conditionFields = ['event', 'value', 'currency', 'order_id', 'search_string', 'url', 'props.NAME']
export const targets = ['value', 'currency', 'order_id', 'search_string', 'custom.NAME', 'platform.NAME']
export const sources = [
  ...['event', 'event_id', 'value', 'currency', 'order_id', 'search_string', 'url', 'referrer', 'title'],
  ...['context.screen_width', 'context.screen_height', 'context.pixel_ratio', 'context.language', 'props.NAME'],
]

export const mappingByHand = () => `
The tables above say what happens by itself. Four settings of a destination change it: \`events\` (which events go
there), \`rename\` and \`map\` (under which names, and with which fields), \`default_calling_code\` (how phone numbers are
read). They hold for that destination alone. \`before\` looks at every event of a site and holds for all of them.

**Order.** First \`events\`, then the rules of \`map\` from top to bottom, then \`rename\`. The first that holds and that
skips or names decides about the name. What the rules of \`map\` set is set by every rule that holds, whichever decided.

**Names.** A standard event may stand in any spelling (\`lead\`, \`Lead\`, \`generate_lead\`, \`Lead Generated\`); it goes
under the platform's own name. Any other name is a custom event and stands letter for letter. Snapchat's list is
closed: of custom names it takes \`CUSTOM_EVENT_1\` to \`CUSTOM_EVENT_5\` and the few it has of its own, and a name that it
does not take is a fault at the start.

**Both sides.** A platform counts an event once only if its pixel and we use one name. The page's pixel obeys \`events\`,
\`rename\` and the names of \`map\` as well, and tells the collector the name it used: that name wins, whatever the
settings say by then. Where a pixel fired and told no name, it used the usual one, and so does the collector. Reddit's
and Snapchat's calls reach every pixel of a page, so on the page the first destination of each speaks for the others.

### Which events go

A list of names is all that goes there:

${block(examples.only)}

Or all but some:

${block(examples.except)}

The rest ends as \`suppressed(filtered)\`. An empty list is a fault: to send nothing, set \`enabled\` to false.

### Names

From our name, or any spelling of it, to the platform's:

${block(examples.rename)}

### Rules

A rule of \`map\` has conditions in \`when\`, and \`name\`, \`skip\` or \`set\`; \`name\` and \`skip\` exclude each other. All
conditions must hold; without any, the rule always holds.

${block(examples.map)}

What events come to by these settings:

${nameTable()}

${wrapped(`A condition looks at one \`field\`: ${list(conditionFields)}. These are what page and collector know alike, so both
decide the same. \`props.a.b\` reaches four levels deep. Of these members all that are given must hold:`)}

| Member | Holds when the field |
|---|---|
| \`is\` | is this |
| \`in\` | is one of these |
| \`not_in\` | is none of these |
| \`min\` | is this number or more |
| \`max\` | is this number or less |

Values are compared as text, letter for letter (\`30\` is \`"30"\`, \`eur\` is not \`EUR\`), names of events in any spelling. In
a range the field counts as a number; text that is none lies in no range. A field that is absent holds in \`not_in\` alone.

### Fields

\`set\` fills a field from another one, or with \`{ "value": … }\`: text, a number, true or false.

${block(examples.set)}

What this adds to a \`quiz_done\` with \`props\` of \`{ "plan": "pro", "score": "87" }\`:

${fieldTable()}

| To | What it takes |
|---|---|
| \`value\` | a number, or text that is one |
| \`currency\` | text of at most 3 characters |
| \`order_id\` | text of at most 256 characters |
| \`search_string\` | text of at most 500 characters |
| \`custom.NAME\` | a field of your own: text of at most 500 characters, a number, true or false |
| \`platform.NAME\` | one of the platform's [extra keys](#extra-keys) |

${wrapped(`From: ${list(sources)}. Match keys, cookies and addresses of people cannot be mapped from.`)}

- A value is taken from the event as it came, not from what another rule has set. Of two rules that set one field the
  lower one wins.
- A source that is absent changes nothing. A value of the wrong kind changes nothing either, with a warning.
- \`set\` is the collector's alone: the page's pixel is told what the page said.
- A field of your own stands here:

${customTable()}

### Phone numbers of one country

\`default_calling_code\` completes numbers that have neither \`+\` nor \`00\` in front: one leading zero goes, the code is put
before. It is off by default, for a wrong guess would match other people.

${block(examples.calling)}

${phoneTable()}

### A look at every event

A settings file that is code (\`pairpixel.config.mjs\`, \`pairpixel.config.ts\`) may have a function \`before\`. It is asked
about each copy of an event on arrival, and answers the event, changed or not, or \`undefined\` to drop it.

\`\`\`js settings
export default {
  before(event) {
    if (event.user?.email?.some((email) => email.endsWith('@shop.example'))) return undefined // our own orders
    return { ...event, title: undefined }
  },
  destinations: { meta: { pixel_id: '1234567890', access_token: 'TOKEN' } },
}
\`\`\`

- Match keys are plain here and hashed right after: write them nowhere.
- It must answer at once; a promise is no answer.
- What it drops ends as \`suppressed(filtered)\` at every destination; of that copy only ID, name, times, digests and
  the reason are kept. The page's own pixels have fired by then.
- When it throws, promises or answers what is no event, the event is kept from every destination as well, and the log
  says so: what it would have taken out might leave.
- Of a copy from a page, \`event\`, \`event_id\` and \`to\` stay as they were: the page's pixels know them so.
`
