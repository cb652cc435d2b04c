import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { waitFor } from '../../integration/harness.ts'
import { find, type Person } from './person.ts'
import { views } from './views.ts'
import { inBothBrowsers, type Visit } from './visit.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}
declare const window: { readonly axe: { run(): Promise<{ readonly violations: readonly Finding[] }> } }

/** What axe finds, short enough to read in a failure. */
const violations = (person: Person): Promise<readonly string[]> =>
  person.run(async () =>
    (await window.axe.run()).violations.flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`),
    ),
  )

async function goTo({ person, fixture }: Visit, view: string) {
  await person.go(`${fixture.url}#/${view}`)
  await waitFor(view, () =>
    person.run(
      (name) =>
        location.hash === `#/${name}` &&
        document.querySelector('main h1') !== null &&
        !document.querySelector('.login'),
      view,
    ),
  )
}

/** What is hidden behind a mark is looked at too. */
const openAll = (person: Person) =>
  person.run(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })

/** What reaches over the right edge of a page that can be scrolled sideways. */
const tooWide = (person: Person): Promise<readonly string[]> =>
  person.run(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    return [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth)
      .slice(0, 4)
      .map((element) => element.outerHTML.slice(0, 120))
  })

inBothBrowsers((visit) => {
  test.each(['light', 'dark'])('axe finds nothing on any view, %s', async (scheme) => {
    const here = await visit()
    const { person, fixture, open } = here
    fixture.world.overview = { ...fixture.world.overview, demo: { shopUrl: 'http://127.0.0.1:1/', broken: [] } }
    await person.go(fixture.url)
    await here.sees('Dashboard token')
    await person.inject(axe)
    const wear = () => person.run((given) => void (document.documentElement.style.colorScheme = given), scheme)
    await wear()
    const found: Record<string, readonly string[]> = { login: await violations(person) }
    await open('Overview')
    await here.sees('€142.50')
    await person.inject(axe)
    await wear()
    for (const view of views) {
      await goTo(here, view)
      await openAll(person)
      found[view] = await violations(person)
    }
    await goTo(here, 'dead')
    await person.press(find.button('Replay 18 events at Reddit'))
    found.question = await violations(person)
    expect(Object.entries(found).filter(([, list]) => list.length)).toEqual([])
  })

  test('a phone shows every view without scrolling sideways', async () => {
    const here = await visit()
    await here.open('Overview')
    await here.person.resize(390, 844)
    const wide: Record<string, readonly string[]> = {}
    for (const view of views) {
      await goTo(here, view)
      await openAll(here.person)
      // A chart is drawn anew a little later than its place changes.
      await waitFor(
        `a ${view} that fits`,
        async () => (wide[view] = await tooWide(here.person)).length === 0,
        60_000,
      ).catch(() => undefined)
    }
    expect(Object.entries(wide).filter(([, list]) => list.length)).toEqual([])
  })

  test('by the keyboard alone: past the list of views, into a view, to an event, through a question', async () => {
    const { person, fixture, sees } = await visit()
    const focused = () =>
      person.run(() => {
        const { activeElement } = document
        return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? ''
      })
    const tabTo = async (words: string | RegExp) => {
      for (let step = 0; step < 80; step++) {
        await person.key('Tab')
        const at = await focused()
        if (typeof words === 'string' ? at === words : words.test(at)) return
      }
      throw new Error(`80 steps do not lead to ${String(words)}`)
    }
    await person.go(fixture.url)
    await sees('Dashboard token')
    // The field has the focus already.
    await person.type(find.field('Dashboard token'), `fixture-${'0'.repeat(24)}`)
    await person.key('Enter')
    await sees('Newest conversion')
    // A view takes the focus to itself, so the next step is its first control.
    await person.run(() => (document.querySelector('#skip') as HTMLElement).focus())
    await person.key('Enter')
    expect(await person.run(() => document.activeElement?.id)).toBe('main')
    await person.run(() => (document.querySelector('#skip') as HTMLElement).focus())
    await tabTo('Events')
    await person.key('Enter')
    await sees('8 events')
    await tabTo(/1042/)
    await person.key('Enter')
    await sees('Its way')
    await tabTo(/^What was sent/)
    await person.key('Enter')
    await sees('event_source_url')
    await person.run(() => (document.querySelector('#skip') as HTMLElement).focus())
    await tabTo(/^Dead letters/)
    await person.key('Enter')
    await sees('Nothing here is lost')
    await tabTo('Replay 18 events at Reddit')
    await person.key('Enter')
    await sees('Replay 18 events to Reddit?')
    await person.key('Escape')
    await waitFor('focus back where it was', async () => (await focused()) === 'Replay 18 events at Reddit')
    await tabTo('Discard 18 events at Reddit')
  })

  test('each view has one h1, no level of heading left out, and says its name', async () => {
    const here = await visit()
    await here.open('Overview')
    for (const view of views) {
      await goTo(here, view)
      const levels = await here.person.run(() =>
        [...document.querySelectorAll('main :is(h1, h2, h3)')].map(({ tagName }) => Number(tagName[1])),
      )
      expect(
        levels.filter((level) => level === 1),
        view,
      ).toHaveLength(1)
      for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0), view).toBeLessThanOrEqual(1)
      expect(await here.person.run(() => document.title)).toMatch(/\S · Pairpixel$/)
    }
  })
})
