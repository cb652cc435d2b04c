import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import attributes from '../../client/features/attributes.ts'
import ourNames from '../../client/features/our-names.ts'
import { closePage, newPage, postedEvents, setGlobal, settle, start } from './page.ts'

/** What the observers of the page under test watch; `see` plays the browser. */
let watched: Element[] = []
let see: (target: Element, intersectionRatio: number) => void
let onChange: () => void

beforeEach(async () => {
  await newPage()
  watched = []
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(tell: (entries: object[], observer: object) => void, options: { threshold: number }) {
        expect(options).toEqual({ threshold: 0.5 })
        see = (target, intersectionRatio) => tell([{ target, intersectionRatio }], this)
      }
      observe(element: Element) {
        watched.push(element)
      }
      unobserve(element: Element) {
        watched = watched.filter((one) => one !== element)
      }
    },
  )
  vi.stubGlobal(
    'MutationObserver',
    class {
      constructor(tell: () => void) {
        onChange = tell
      }
      observe() {
        // Told by hand.
      }
    },
  )
})
afterEach(() => {
  document.body.innerHTML = ''
  closePage()
})

const open = (html: string) => {
  document.body.innerHTML = html
  return start({ features: [ourNames, attributes] })
}
const element = (selector: string) => document.querySelector<HTMLElement>(selector)!
const happen = async (selector: string, event: Event) => {
  element(selector).dispatchEvent(event)
  await settle()
  return postedEvents()
}
const click = (selector: string) => happen(selector, new MouseEvent('click', { bubbles: true, cancelable: true }))
const names = () => postedEvents().map(({ event }) => event)

describe('a click', () => {
  test('tells the event with its properties', async () => {
    open(
      `<button data-pp-event="AddToCart" data-pp-value="12.5" data-pp-currency="EUR" data-pp-id=" c1 "
        data-pp-product-id="sku" data-pp-size-group="L" data-other="x"><b>Add</b></button>`,
    )
    expect(await click('b')).toMatchObject([
      {
        ...{ event: 'add_to_cart', event_id: 'c1', origin: 'attribute', value: '12.5', currency: 'EUR' },
        items: [{ id: 'sku' }],
        props: { size_group: 'L' },
      },
    ])
    expect(JSON.stringify(postedEvents())).not.toContain('other')
  })

  test('an order number is an event ID', async () => {
    open('<a data-pp-event="purchase" data-pp-order-id="1001">x</a>')
    expect(await click('a')).toMatchObject([{ event_id: '1001', order_id: '1001' }])
  })

  test('is heard where the page keeps it from bubbling, and is not cancelled', async () => {
    open('<p><a data-pp-event="Lead">x</a></p>')
    element('a').addEventListener('click', (event) => event.stopImmediatePropagation())
    const event = new MouseEvent('click', { bubbles: true, cancelable: true })
    await happen('a', event)
    expect([names(), event.defaultPrevented]).toEqual([['generate_lead'], false])
  })

  test('the innermost element counts, once', async () => {
    open('<div data-pp-event="outer"><a data-pp-event="inner">x</a></div>')
    await click('a')
    expect(names()).toEqual(['inner'])
  })

  test.each([
    ['an element without an event', '<a data-pp-value="1">x</a>'],
    ['one with an empty event', '<a data-pp-event="">x</a>'],
    ['inside a form with an event', '<form data-pp-event="Lead"><a>x</a></form>'],
    ['on what only has to be seen', '<a data-pp-event="Lead" data-pp-view>x</a>'],
  ])('tells nothing: %s', async (_name, html) => {
    open(html)
    expect(await click('a')).toEqual([])
  })

  test.each([
    ['the middle button', 1, ['generate_lead']],
    ['the right button', 2, []],
  ])('%s', async (_name, button, expected) => {
    open('<a data-pp-event="Lead">x</a>')
    await happen('a', new MouseEvent('auxclick', { bubbles: true, button }))
    expect(names()).toEqual(expected)
  })

  test('is heard by browsers that know no list of selectors in `:not`', async () => {
    open('<a data-pp-event="Lead">x</a>')
    const found = element('a')
    const closest = found.closest.bind(found)
    vi.spyOn(found, 'closest').mockImplementation((selector: string) => {
      if (/:not\([^)]*,/.test(selector)) throw new SyntaxError(selector)
      return closest(selector)
    })
    await click('a')
    expect(names()).toEqual(['generate_lead'])
  })

  test('on no element at all, nothing throws', () => {
    const failed = vi.fn()
    window.addEventListener('error', failed)
    open('')
    window.dispatchEvent(new MouseEvent('click'))
    document.dispatchEvent(new MouseEvent('auxclick', { button: 1 }))
    expect(failed).not.toHaveBeenCalled()
  })
})

test('a form is told when it is sent', async () => {
  open(
    '<div data-pp-event="outer"><form data-pp-event="Lead" data-pp-form-name="news"></form><form id="b"></form></div>',
  )
  const event = new Event('submit', { bubbles: true, cancelable: true })
  await happen('form', event)
  await happen('#b', new Event('submit', { bubbles: true }))
  expect(postedEvents()).toMatchObject([{ event: 'generate_lead', props: { form_name: 'news' } }])
  expect(event.defaultPrevented).toBe(false)
})

describe('seen', () => {
  test('once, when half of it shows', async () => {
    open('<p data-pp-view="ViewContent" data-pp-product-id="a">x</p>')
    see(element('p'), 0.49)
    await settle()
    expect(names()).toEqual([])
    see(element('p'), 0.5)
    await settle()
    expect(postedEvents()).toMatchObject([{ event: 'view_item', items: [{ id: 'a' }] }])
    expect(watched).toEqual([])
    onChange()
    vi.advanceTimersByTime(500)
    expect(watched).toEqual([])
  })

  test('an event of its own beside that of a click', async () => {
    open('<a data-pp-view="view_item" data-pp-event="add_to_cart">x</a>')
    see(element('a'), 1)
    await click('a')
    expect(names()).toEqual(['view_item', 'add_to_cart'])
  })

  test('the element’s event where the attribute is empty', async () => {
    open('<p data-pp-view data-pp-event="ViewContent">x</p>')
    see(element('p'), 1)
    await settle()
    expect(names()).toEqual(['view_item'])
  })

  test('what is added later is watched too', () => {
    open('')
    document.body.innerHTML = '<p data-pp-view="x">x</p>'
    onChange()
    onChange()
    expect(watched).toEqual([])
    vi.advanceTimersByTime(500)
    expect(watched).toEqual([element('p')])
  })

  test('a browser without observers still tells of clicks', async () => {
    setGlobal('IntersectionObserver', undefined)
    setGlobal('MutationObserver', undefined)
    open('<a data-pp-view="view_item" data-pp-event="Lead">x</a>')
    await click('a')
    expect(names()).toEqual(['generate_lead'])
  })
})
