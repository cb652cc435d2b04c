// docs/destinations.md, whole: words by hand, tables from the code.
import { format, resolveConfig } from 'prettier'
import { fileURLToPath } from 'node:url'
import { answerTables } from './answers.mjs'
import { extraTables } from './extras.mjs'
import { fieldTable } from './field-table.mjs'
import { mappingByHand } from './mapping.mjs'
import { platforms } from './send.mjs'
import { settingTable } from './settings-table.mjs'
import { limitTable, matchTable, nameTable, requiredTable, sourceTable, versionTable } from './tables.mjs'

export const pageFile = fileURLToPath(new URL('../../docs/destinations.md', import.meta.url))

const titleOf = (name) => platforms.find(({ destination }) => destination.name === name).title

const page = () => `
# Destinations

What Meta, Reddit and Snapchat are sent. The tables are found by asking the code: an event with everything in it is sent
through it again and again, each time with one thing changed. \`npm run docs\` writes this page anew, and a test fails
while it is out of date.

## Fields

Each [field of an event](wire-format.md#the-event) and where it stands in the request, by its path inside the event's own
object. A list is \`[]\`. Behind the path: **hashed** is the SHA-256 digest of the value in the platform's own form, **as**
shows another spelling, **computed** a number made from several; without a word the value stands there in clear.
\`not a\` and \`only a\` name events or action sources.

${fieldTable()}

\`to\`, \`consent.state\` and \`fired\` are not sent, but decide whether anything is. \`context.os\`, \`user.country\` and the
site's \`default_country\` also decide how other fields are read. What cannot go as it is stays out with a warning;
nothing empty and nothing invented is ever sent.

## Event names

${nameTable()}

Meta and Reddit take any other name as a custom event; Snapchat's list is closed, and also has names of its own
(\`INVITE\`, \`AD_CLICK\`, …) and \`CUSTOM_EVENT_1\` to \`CUSTOM_EVENT_5\`.

## Extra keys

What an event may bring for one platform under \`platform.NAME\`, beside the fields above. Any other key is left out.
\`KEY\` stands for the key itself; of Reddit's versions v3 is shown.

${extraTables()
  .map(({ title, name, table }) => `### Extra keys of ${title}\n\nUnder \`platform.${name}\`:\n\n${table}`)
  .join('\n\n')}

## Settings that change a request

${settingTable()}

## What is needed

What an event comes to when a part is missing: the [reason](errors.md#reasons) why it is not sent, or what goes missing
with it.

${requiredTable()}

Who it was: what is enough all by itself. Where only some action sources are content with it, they are named.

${matchTable()}

## Limits

${limitTable()}

Each action source in the platform's own words, and how old an event may be. What is older ends as \`too_old\`.

${sourceTable()}

## API versions

${versionTable()}

## Answers

What an answer means for the events of a request. **Delivered**, **dead**: done, for better or worse. **Again**: another
try, later and later. **Held**: nothing is lost and no try is counted, but somebody has to mend the settings or the
account; meanwhile one event is tried from time to time. No answer at all is another try, too.

${answerTables()
  .map(({ name, table }) => `### Answers of ${titleOf(name)}\n\n${table}`)
  .join('\n\n')}

## Mapping by hand
${mappingByHand()}`

/** The page as it should be. The formatter lays out its JSON; padded to its taste, these tables would fill a screen each. */
export async function destinationsPage() {
  const options = { ...(await resolveConfig(pageFile)), parser: 'json' }
  const parts = page()
    .trimStart()
    .split(/^(```json.*\n[^]*?^```)$/m)
  const laidOut = parts.map(async (part) => {
    const [, label, json] = /^(```json.*)\n([^]*)```$/.exec(part) ?? []
    return json === undefined ? part : `${label}\n${await format(json, options)}\`\`\``
  })
  return (await Promise.all(laidOut)).join('')
}
