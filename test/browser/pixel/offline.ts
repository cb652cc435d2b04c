import { expect } from 'vitest'
import { settle, storeOf, until, type Row } from './row.ts'

const told = 1000
/** So many are kept for later. */
const kept = 50

/**
 * A page without network tells of many things, some of them purchases; the next page has a network again. What was kept
 * arrives, each once: the purchases whenever they were, and the newest of the others.
 */
const offline =
  (purchases: readonly number[]): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.block(/\/_p\/e$/)
    await tab.go(site.addPage('landing', { head: site.tag() }))
    const names = Array.from({ length: told }, (_, at) => (purchases.includes(at) ? 'purchase' : 'add_to_cart'))
    await tab.run(async (names) => {
      for (const [at, name] of names.entries()) {
        window.pairpixel?.track(name, { value: at }, { id: `${name}-${at}` })
        // As a visitor does one thing after the other.
        if (at % 25 === 24) await new Promise((done) => setTimeout(done))
      }
    }, names)
    const ids = names.map((name, at) => `${name}-${at}`)
    const others = ids.filter((id) => id.startsWith('add'))
    const expected = [...purchases.map((at) => `purchase-${at}`), ...others.slice(purchases.length - kept)].toSorted()
    const found = async () =>
      [...(await storeOf(tab)).matchAll(/"event_id":"((?:purchase|add_to_cart)-\d+)"/g)].map(([, id]) => id!)
    await until('the newest in the store', async () => {
      const ids = new Set(await found())
      return expected.every((id) => ids.has(id))
    })
    expect(site.events('purchase')).toEqual([])
    // Not while that page is there: it would send what the next one sends too.
    await tab.go(site.addPage('plain'))
    await tab.block(undefined)
    await tab.go(site.addPage('next', { head: site.tag() }))
    const arrived = () => [...site.events('purchase'), ...site.events('add_to_cart')].map(({ event_id }) => event_id)
    await until('all that was kept', () => arrived().length >= kept)
    await settle(scene)
    await until('an empty store', async () => !(await found()).length)
    expect(arrived().toSorted()).toEqual(expected)
  }

export const offlineRows: readonly Row[] = [
  [
    `of ${told} events told without a network the newest ${kept} arrive once each, 5 purchases among them`,
    offline([951, 960, 972, 985, 999]),
  ],
  [`5 purchases are kept however many other events come after them`, offline([0, 1, 200, 500, 949])],
]
