import type { Fired } from '../../../shared/pixel-state.ts'
import { waitFor } from '../../integration/harness.ts'
import type { Engine, Running } from './engines.ts'
import { openStage, platforms, proofs, type Proof, type Stage } from './stage.ts'

/** What may become of a hit. */
export interface Fate {
  readonly sentence: string
  /** The browser finds no host. */
  readonly nowhere?: true
  readonly status?: number
  readonly isBlocked?: true
  readonly policy?: true
}

export const fates: readonly Fate[] = [
  { sentence: 'answered' },
  { sentence: 'refused with 403', status: 403 },
  { sentence: 'refused with 500', status: 500 },
  { sentence: 'sent to a host that was not found', nowhere: true },
  { sentence: 'blocked by an extension', isBlocked: true },
  { sentence: 'forbidden by the page’s CSP', policy: true },
]

export interface Observation {
  readonly engine: string
  readonly proof: Proof
  readonly fate: Fate
  readonly states: Fired
}

const platformHosts = /^https:\/\/(www\.facebook\.com|alb\.reddit\.com|tr\.snapchat\.com)[:/]/

/** Plays every fate in one engine, with either proof. */
export async function observe(engine: Engine): Promise<readonly Observation[]> {
  const stage = await openStage()
  const seen: Observation[] = []
  try {
    for (const nowhere of [false, true]) {
      const browser = await engine.launch(nowhere)
      try {
        for (const fate of fates.filter((one) => Boolean(one.nowhere) === nowhere))
          for (const proof of proofs)
            seen.push({ engine: engine.name, proof, fate, states: await play(stage, browser, fate, proof) })
      } finally {
        await browser.close()
      }
    }
  } finally {
    await stage.close()
  }
  return seen
}

async function play(stage: Stage, browser: Running, fate: Fate, proof: Proof): Promise<Fired> {
  const visit = await browser.newVisit()
  try {
    stage.answerWith(fate.status ?? 200)
    if (fate.isBlocked) await visit.block(platformHosts)
    await visit.go(stage.url(proof, fate.nowhere ? 'address' : 'shop', fate.policy))
    await visit.run(sell, 'order-1')
    // Whatever a browser tells of a hit, it has told by the time it tells of what was asked for later.
    await waitFor(`the end of every hit: ${fate.sentence}`, () => visit.run(haveSettled, 3))
    await visit.run(seeOneMore, '/seen.gif')
    await visit.run(tellAll, 'last')
    await waitFor('the last word of the page', () => stage.stateOf('last'))
    const states = stage.stateOf('order-1')
    if (!states || platforms.some((name) => !states[name])) throw new Error(`nothing was told: ${fate.sentence}`)
    return states
  } finally {
    await visit.close()
  }
}

const sell = (id: string): void => void window.pairpixel!.track('purchase', { value: 5, currency: 'EUR' }, { id })

const haveSettled = (count: number): boolean => (window as unknown as { settled: string[] }).settled.length >= count

const seeOneMore = (address: string): Promise<void> =>
  new Promise((resolve) => {
    new PerformanceObserver((list) => {
      if (list.getEntries().some(({ name }) => name.includes(address))) resolve()
    }).observe({ type: 'resource' })
    new Image().src = address
  })

/** Posts what is known, and an event behind it. */
const tellAll = async (id: string): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve))
  window.pairpixel!.flush()
  window.pairpixel!.track('search', {}, { id })
}
