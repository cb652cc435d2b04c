import { el } from '../../dom.ts'
import { act, button } from '../../parts/act.ts'
import { outLink } from '../../parts/pieces.ts'
import type { Card, Overview } from '../../types.ts'
import { platformOf } from '../../words.ts'

const ways = {
  pixel: ['Block its pixel', 'The shop’s pages cannot load the platform’s script, as with an ad blocker.'],
  token: ['Revoke its token', 'The platform refuses our access token.'],
  limit: ['Answer 429', 'The platform says that we are too fast.'],
  slow: ['Be slow', 'The platform takes seconds to answer.'],
  poison: ['Refuse events', 'The platform finds fault with each event.'],
} as const
type Way = keyof typeof ways

/** The platform whose things are broken, chosen by the visitor of the demo. */
let chosen = ''
/** What was broken from here, where the collector does not tell it. */
const brokenHere = new Set<string>()

/** Only in the demo: breaks things on purpose, so that one can watch them be told and recover. */
export function demoBar(demo: NonNullable<Overview['demo']>, cards: readonly Card[]): HTMLElement {
  const platforms = [...new Set(cards.map(({ platform }) => platform))]
  if (!platforms.includes(chosen)) chosen = platforms[0] ?? ''
  const isBroken = (what: Way) =>
    demo.broken
      ? demo.broken.some((one) => one.what === what && one.platform === chosen)
      : brokenHere.has(`${what} ${chosen}`)
  const toggle = async (what: Way) => {
    const on = !isBroken(what)
    if (!(await act('break', { what, platform: chosen, on }))) return
    if (on) brokenHere.add(`${what} ${chosen}`)
    else brokenHere.delete(`${what} ${chosen}`)
  }
  return el(
    'section',
    { class: 'demo-bar', 'aria-label': 'Break things', 'data-key': 'demo' },
    el('h2', {}, 'Demo'),
    outLink(demo.shopUrl, 'Open the shop', { class: 'button' }),
    el('label', { for: 'broken-platform' }, 'Break something at'),
    el(
      'select',
      {
        id: 'broken-platform',
        onchange: ({ target }: Event) => {
          chosen = (target as HTMLSelectElement).value
          window.dispatchEvent(new Event('hashchange'))
        },
      },
      ...platforms.map((platform) => el('option', { value: platform }, platformOf(platform))),
    ),
    el(
      'div',
      { class: 'row', role: 'group', 'aria-label': 'What to break' },
      ...(Object.keys(ways) as Way[]).map((what) =>
        button(ways[what][0], () => toggle(what), {
          class: 'button breaks',
          title: ways[what][1],
          'data-key': what,
          'aria-pressed': String(isBroken(what)),
        }),
      ),
    ),
  )
}
