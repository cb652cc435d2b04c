import { el } from '../../dom.ts'
import { pairMark } from '../../parts/marks.ts'
import { outLink } from '../../parts/pieces.ts'
import { addressOf } from '../../route.ts'
import type { Overview } from '../../types.ts'

const steps = {
  demo: [
    ['Open the demo shop', 'and walk to the till: look at a product, put it into the cart, order.'],
    ['Come back here.', 'Each event appears within a second, with every copy of it.'],
    ['Send the back-end copy too', 'on the thank-you page, and watch it join instead of counting twice.'],
  ],
  site: [
    ['Paste the tag', 'into your pages, before the closing head tag.'],
    ['Open a page', 'of your site in another tab. Its page view appears here.'],
    ['Place a test order.', 'Give pixel and back end the same order number, and they meet here.'],
  ],
} as const

/** What to do while there is nothing to see. */
export function firstSteps(demo: Overview['demo'], hasDestinations: boolean): HTMLElement {
  return el(
    'section',
    { class: 'panel first', 'data-key': 'first', 'aria-label': 'First steps' },
    pairMark('waiting'),
    el('h2', {}, 'Waiting for the first event'),
    el('p', {}, 'Events show up here by themselves; there is no need to reload.'),
    el('ol', {}, ...steps[demo ? 'demo' : 'site'].map(([what, more]) => el('li', {}, el('b', {}, what), ` ${more}`))),
    demo
      ? outLink(demo.shopUrl, 'Open the demo shop', { class: 'button strong' })
      : el('a', { class: 'button strong', href: addressOf('setup') }, 'Set up the site'),
    !hasDestinations && el('p', {}, 'No destination is configured: events are kept and shown, nothing is sent.'),
  )
}
