import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { waitFor } from '../../integration/harness.ts'
import { browsers } from './browsers.ts'
import { aWorld, fixtureToken, openFixture, type Fixture } from './fixture.ts'
import { find, pageText, type Person, type PersonBrowser } from './person.ts'

/** A person before the dashboard of the fixture. */
export interface Visit {
  readonly person: Person
  readonly fixture: Fixture
  /** Opens a view, logged in. */
  readonly open: (view: string) => Promise<void>
  /** Waits until the page shows all of these. */
  readonly sees: (...words: readonly (string | RegExp)[]) => Promise<void>
  readonly text: () => Promise<string>
}

/** Waits until the page shows all of these; says what it showed instead. */
export async function sees(person: Person, ...words: readonly (string | RegExp)[]): Promise<void> {
  let text = ''
  const missing = () => words.filter((word) => (typeof word === 'string' ? !text.includes(word) : !word.test(text)))
  await waitFor('', async () => {
    text = await pageText(person)
    return missing().length === 0
  }).catch(() => {
    throw new Error(`the page does not show ${missing().join(', ')}; it shows:\n${text}`)
  })
}

/** The same tests in each browser; nothing may go wrong in the page meanwhile. */
export function inBothBrowsers(tests: (visit: () => Promise<Visit>) => void): void {
  describe.each(browsers)('$name', ({ launch }) => {
    let browser: PersonBrowser
    const open: (() => Promise<void>)[] = []
    let person: Person | undefined
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser.close())
    afterEach(async () => {
      const troubles = person?.troubles ?? []
      for (const close of open.splice(0).toReversed()) await close()
      person = undefined
      expect(troubles).toEqual([])
    })
    tests(async () => {
      const fixture = await openFixture(aWorld(Date.now()))
      open.push(fixture.close)
      const somebody = await browser.newPerson()
      person = somebody
      open.push(somebody.close)
      return {
        person: somebody,
        fixture,
        async open(view) {
          await somebody.go(`${fixture.url}#token=${fixtureToken}`)
          await sees(somebody, 'Overview', 'Live')
          if (view === 'Overview') return
          await somebody.press(find.nav(view))
          await waitFor(view, () => somebody.run((name) => document.querySelector('h1')?.textContent === name, view))
        },
        sees: (...words) => sees(somebody, ...words),
        text: () => pageText(somebody),
      }
    })
  })
}
