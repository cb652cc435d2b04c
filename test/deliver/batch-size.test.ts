import { describe, expect, test } from 'vitest'
import { createBatchSize } from '../../server/deliver/batch-size.ts'
import type { InstanceSettings, Outcome } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'

const settings = (change: Partial<InstanceSettings> = {}): InstanceSettings => ({
  ...{ name: 'x', platform: 'meta', pixel_id: '1', access_token: 't' },
  ...change,
})
const good: Outcome = { kind: 'accepted' }
const bad: Outcome = { kind: 'retry', why: 'busy' }
const wrong: Outcome = { kind: 'rejected', why: 'wrong', fix: 'mend it', unsure: true }

/** One claim after the other, each as full as it may be; the sizes that were asked for. */
function sizes(platform: keyof typeof destinations, change: Partial<InstanceSettings>, answers: readonly Outcome[][]) {
  const size = createBatchSize(destinations[platform])
  const asked = [size.of(settings(change))]
  for (const outcomes of answers) {
    const limit = asked.at(-1)!
    size.claimed(limit, limit)
    for (const outcome of outcomes) size.answered([outcome])
    asked.push(size.of(settings(change)))
  }
  return asked
}

describe('how many events a lane asks for', () => {
  test('twice as many with each full claim that went well, up to 400', () => {
    expect(sizes('meta', {}, [[good], [good], [good], [good], [good]])).toEqual([50, 100, 200, 400, 400, 400])
    expect(sizes('reddit', {}, [[good], [good]])).toEqual([200, 400, 400])
  })

  test('trouble brings it back', () => {
    expect(sizes('meta', {}, [[good], [good], [bad], [good]])).toEqual([50, 100, 200, 50, 100])
  })

  test('the good halves of a refused batch do not make it larger', () => {
    expect(sizes('meta', {}, [[good], [wrong, good, good]])).toEqual([50, 100, 50])
  })

  test('a claim that is not full ends it: nothing more waits', () => {
    const size = createBatchSize(destinations.meta)
    size.claimed(50, 50)
    size.answered([good])
    expect(size.of(settings())).toBe(100)
    size.claimed(99, 100)
    size.answered([good])
    expect(size.of(settings())).toBe(50)
  })

  test.each<[string, keyof typeof destinations, Partial<InstanceSettings>, number]>([
    ['an operator’s own number stays', 'meta', { batch_size: 50 }, 50],
    ['so does a large one', 'meta', { batch_size: 900 }, 900],
    ['and the one event of Event Testing', 'reddit', { platform: 'reddit', test_id: 't' }, 1],
  ])('%s', (_what, platform, change, always) => {
    expect(sizes(platform, change, [[good], [good]])).toEqual([always, always, always])
  })
})
