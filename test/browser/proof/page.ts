import path from 'node:path'
import type { PlatformName } from '../../../shared/names.ts'
import { proofs, type Proof } from './stage.ts'
import { fates, type Observation } from './observe.ts'

export const pageFile = path.resolve(import.meta.dirname, '../../../docs/proof.md')

const titles: readonly (readonly [PlatformName, string])[] = [
  ['meta', 'Meta'],
  ['reddit', 'Reddit'],
  ['snapchat', 'Snapchat'],
]
const column = (engine: string, proof: Proof): string => (proof === 'deep' ? `${engine}, deep` : engine)

/** The cells of one platform: what became of the hit, then each engine's word for it, by default and with deep proof. */
export function rowsOf(platform: PlatformName, seen: readonly Observation[]): readonly (readonly string[])[] {
  const engines = [...new Set(seen.map(({ engine }) => engine))]
  const columns = engines.flatMap((engine) => proofs.map((proof) => ({ engine, proof })))
  const head = ['The hit was', ...columns.map(({ engine, proof }) => column(engine, proof))]
  const rows = fates.map(({ sentence }) => [
    sentence,
    ...columns.map(({ engine, proof }) => {
      const one = seen.find((o) => o.engine === engine && o.proof === proof && o.fate.sentence === sentence)
      return one?.states[platform] ? `\`${one.states[platform]}\`` : '–'
    }),
  ])
  return [head, ...rows]
}

const tableOf = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replaceAll(' --- ', '---')

/** The page for a site owner, with what the browsers showed. */
export const proofPage = (seen: readonly Observation[]): string => `# What the pixel can prove

An event is paired when the platform got two copies under one ID: the collector's, which we know arrived, and the hit of
the platform's own pixel in the visitor's browser. Of that hit a page sees little. This page says how much.

\`npm run docs:proof\` writes the tables: it plays each case in real browsers, with stand-ins for the platforms' pixels
on this machine. A test plays them again and compares.

## Words

| State | What was seen | What it does not say |
|---|---|---|
| \`called\` | The event was handed to the platform's function | Whether anything left the browser |
| \`requested\` | The browser made a request with this event's name and ID | Whether it left the browser, or was answered. A blocked request looks the same |
| \`sent\` | An image came back for the request with this event's name and ID | Whether the platform counted it |
| \`blocked\` | The platform's script, its settings or the hit failed, or the page's own policy forbade one of them | Who was at fault: an extension, the network and a platform that answers with an error look alike. A platform that answers with an error may have taken the hit |
| \`held\` | Meta's script runs and has sent nothing at all for ten seconds | Why: its rule against bots, or the visitor's no |

The dashboard says that a hit was requested, and that it was answered only where the state is \`sent\`.

## By default, and deep

By default the pixel patches nothing to find out. It reads the browser's list of requests and listens for scripts that
fail and for breaches of the page's Content Security Policy.

With \`pixel.proof: deep\` it also listens to the images that carry Meta's and Reddit's hits, and no others. For that it
puts a setter of its own in front of the browser's on \`HTMLImageElement.prototype.src\`. Of such a hit nothing else is
believed then. A hit that no image carries is judged as by default: Snapchat's always, Meta's when an event is very long.

${titles.map(([platform, title]) => `## ${title}\n\n${tableOf(rowsOf(platform, seen))}\n`).join('\n')}
Snapchat's hits are beacons, which tell a page nothing, whatever becomes of them. \`blocked\` comes from its settings,
which its script asks of the same host before: where they cannot be had, neither can the rest. When they could, the state
stays \`called\`, also when the hit was refused.
`
