import type { Row } from './row.ts'
import { tables, testIn, type Tables } from './tables.ts'
import { webkit } from './webkit.ts'

/**
 * What must hold in a third engine too, which has no Navigation API and opens one tab at a time: the heart of each
 * table. Its driver hears no console, so policies that forbid how it listens are left to the others.
 */
const core: Readonly<Record<string, readonly string[]>> = {
  'a page that is left': ['a page that comes back from the browser’s memory is one new view each time'],
  'click IDs': [
    'outlive a router that takes them out of the address, to the next page’s purchase',
    'the same with the collector at another site',
    'behind the # of a hash router',
    'one that a router adds',
    'one that a router puts in the place',
  ],
  'one ID on both sides': [
    'a purchase told to pairpixel: one ID at all platforms and the collector',
    'a purchase told to meta’s pixel only, before the library and before our script',
    'a purchase told to reddit’s pixel only, between our script and the library',
    'a purchase told to snapchat’s pixel only, when all are live',
  ],
  delivery: [
    'the platforms’ libraries are blocked: all arrives, and says so',
    'the collector is blocked: the page goes on, and the next one sends what was not taken, without match keys',
  ],
  network: ['a page view is two requests: the script and a post, nothing before them (collector: elsewhere)'],
  consent: [
    'nothing is kept or sent before a yes; then all is, under the same ID; a later no leaves nothing behind',
    'nothing is fired before a yes either',
  ],
  'a hostile page': ['an origin of its own: storage and cookies throw', 'our script twice: one view, one order'],
  'a world that is not as it should be': [
    'no storage at all',
    'storage and cookies that throw when asked for',
    'cookies that nobody keeps',
    'globals and prototypes that are frozen',
  ],
}

const rowOf = (table: readonly Row[] | undefined, sentence: string): Row => {
  const row = table?.find(([its]) => its === sentence)
  if (!row) throw new Error(`no table says: ${sentence}`)
  return row
}
const rows: Tables = Object.fromEntries(
  Object.entries(core).map(([point, sentences]) => [point, sentences.map((one) => rowOf(tables[point], one))]),
)

testIn(webkit, 0, rows)
