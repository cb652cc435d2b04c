import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PixelState } from '../../../shared/pixel-state.ts'
import { engines } from './engines.ts'
import { fates, observe, type Observation } from './observe.ts'
import { pageFile, proofPage } from './page.ts'
import { proofs } from './stage.ts'

/** Every fate with either proof is a visit, and each waits for its own states: a cap, never a measure of speed. */
const capMs = 300_000

const all: Observation[] = []

describe.each(engines)('$name', (engine) => {
  let seen: readonly Observation[] = []
  beforeAll(async () => {
    seen = await observe(engine)
    all.push(...seen)
  }, capMs)

  test('every fate of a hit was played, with either proof', () => {
    expect(seen).toHaveLength(fates.length * proofs.length)
  })

  const words = (proof: string, sentence: string) => {
    const states = seen.find((one) => one.proof === proof && one.fate.sentence === sentence)?.states
    return [states?.meta, states?.reddit, states?.snapchat]
  }
  const good = fates[0]!.sentence
  const bad = fates.slice(1).map(({ sentence }) => sentence)

  test('deep: an answered hit is sent', () => {
    expect(words('deep', good)).toEqual(['sent', 'sent', 'called'])
  })
  test.each(bad)('deep: a hit is blocked that was not answered: %s', (sentence) => {
    expect(words('deep', sentence).slice(0, 2)).toEqual(['blocked', 'blocked'])
  })
  test('by default: an answered hit is requested, no more', () => {
    expect(words('default', good)).toEqual(['requested', 'requested', 'called'])
  })
  test.each(bad)('by default no state claims that it was answered: %s', (sentence) => {
    const may: readonly (PixelState | undefined)[] = ['called', 'requested', 'blocked']
    for (const state of words('default', sentence)) expect(may).toContain(state)
  })
  test('Snapchat’s hits are never more than called', () => {
    const may = ['called', 'blocked']
    expect(seen.filter(({ states }) => !may.includes(states.snapchat!))).toEqual([])
  })
})

test('docs/proof.md is what the browsers show', () => {
  const isAsWritten = proofPage(all) === readFileSync(pageFile, 'utf8')
  expect(isAsWritten, 'docs/proof.md is out of date: run `npm run docs:proof` and look at what it changes').toBe(true)
})
