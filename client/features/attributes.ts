import type { Feature } from '../kit.ts'
import { attempt, safe } from '../safe.ts'

/** Elements that a router or a slow answer adds are looked for this long after a change. */
const lookAgainMs = 500

/**
 * Events by HTML attributes: `data-pp-event` on anything is told when it is clicked, on a form when that is sent;
 * `data-pp-view` (an event's name, or empty beside `data-pp-event`) once, when half of the element is seen. The other
 * attributes are its properties: `data-pp-value`, `data-pp-currency`, `data-pp-order-id`; `data-pp-id` is the event ID.
 * Nothing is cancelled and no way to the next page delayed: what is posted outlives the page.
 */
const attributes: Feature = (kit) => {
  if (kit.isSecond) return
  const tell = (element: HTMLElement, name: string | undefined): void => {
    const id = element.dataset.ppId
    if (!name) return
    const props = Object.entries(element.dataset).flatMap(([key, value]) =>
      /^pp(?!(Event|View|Id|Ignore)$)[A-Z]/.test(key)
        ? [[key.slice(2).replace(/[A-Z]/g, (letter, at) => (at ? '_' : '') + letter.toLowerCase()), value]]
        : [],
    )
    const event = kit.makeEvent(name, kit.ourProps!(Object.fromEntries(props) as Record<string, string>), { id })
    event.origin = 'attribute'
    kit.takeEvent(event)
  }

  const clicked = safe(({ target }: Event) => {
    const element = (target as Element).closest<HTMLElement>('[data-pp-event]:not(form):not([data-pp-view=""])')
    if (element) tell(element, element.dataset.ppEvent)
  })
  addEventListener('click', clicked, true)
  // The middle button opens a link in a tab of its own; the right one opens nothing.
  addEventListener('auxclick', (event) => event.button === 1 && clicked(event), true)
  addEventListener(
    'submit',
    safe(({ target }: Event) => tell(target as HTMLElement, (target as HTMLElement).dataset.ppEvent)),
    true,
  )

  const known = new WeakSet<Element>()
  let seeing: IntersectionObserver | undefined
  let timer: unknown
  const look = safe(() => {
    timer = 0
    for (const element of document.querySelectorAll<HTMLElement>('[data-pp-view]')) {
      if (known.has(element)) continue
      known.add(element)
      seeing ??= new IntersectionObserver(
        (entries, observer) => {
          for (const { target, intersectionRatio } of entries)
            if (intersectionRatio >= 0.5) {
              observer.unobserve(target)
              const { ppView, ppEvent } = (target as HTMLElement).dataset
              attempt(() => tell(target as HTMLElement, ppView || ppEvent))
            }
        },
        { threshold: 0.5 },
      )
      seeing.observe(element)
    }
  })
  look()
  attempt(() =>
    new MutationObserver(() => {
      timer ||= setTimeout(look, lookAgainMs)
    }).observe(document, { childList: true, subtree: true }),
  )
}

export default attributes
