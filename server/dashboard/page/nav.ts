import { el, part } from './dom.ts'
import { number } from './format.ts'
import { waiting } from './parts/waiting.ts'
import { patchChildren } from './patch.ts'
import { addressOf, kept } from './route.ts'
import type { Place } from './route.ts'
import { views } from './views/index.ts'

/** The list of views; the one that is shown is marked. */
export function showNav(place: Place) {
  patchChildren(part('nav'), [
    el(
      'ul',
      {},
      ...Object.entries(views).flatMap(([name, { words }]) => {
        if (words === undefined) return []
        const isHere = name === place.view || (name === 'events' && place.view === 'event')
        const count = waiting[name]
        return [
          el(
            'li',
            {},
            el(
              'a',
              { href: addressOf(name, kept(place)), 'aria-current': isHere ? 'page' : undefined },
              words,
              count ? el('span', { class: 'count' }, number(count)) : undefined,
            ),
          ),
        ]
      }),
    ),
  ])
}
