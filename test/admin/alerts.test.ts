import { expect, test } from 'vitest'
import { alertDeps, type AlertSource } from '../../server/admin/alerts.ts'
import { noon } from '../dashboard/make-rows.ts'

function aSource(posted: readonly { webhook: string; posted: string; why: string }[] = []) {
  const muted: [string, number | undefined][] = []
  const source: AlertSource = {
    state: () =>
      Promise.resolve({
        rules: [
          { rule: 'success', title: 'Deliveries fail', isOn: true, conditions: [] },
          {
            ...{ rule: 'queue_age', title: 'Deliveries wait', isOn: true, mutedUntil: noon + 1 },
            conditions: [{ subject: 'meta', since: noon, message: 'They wait.', fix: 'Look.' }],
          },
          { rule: 'paired', title: 'Fewer pairs', isOn: false, conditions: [] },
        ],
      }),
    mute: (rule, until) => Promise.resolve(void muted.push([rule, until])),
    test: () => Promise.resolve(posted),
  }
  return { deps: alertDeps(source, () => noon), muted }
}

test('a condition is a line, a quiet rule is one too, a rule that is off is none', async () => {
  expect(await aSource().deps.list()).toEqual([
    { rule: 'success', subject: '', firing: false, words: 'Deliveries fail: nothing.' },
    { rule: 'queue_age', subject: 'meta', firing: true, since: noon, words: 'They wait. Look.', mutedUntil: noon + 1 },
  ])
})

test('a rule is muted until a time, and speaks again when the time is none', async () => {
  const { deps, muted } = aSource()
  expect(await deps.mute('success', '', noon + 5)).toHaveProperty('done')
  expect(await deps.mute('success', '', 0)).toHaveProperty('done')
  expect(await deps.mute('no_such_rule', '', noon + 5)).toHaveProperty('refused')
  expect(muted).toEqual([
    ['success', noon + 5],
    ['success', undefined],
  ])
})

test.each([
  ['no webhook', [], /No webhook/],
  ['all take it', [{ webhook: 'hooks.example', posted: 'taken', why: '200' }], /took the test/],
  [
    'one does not',
    [{ webhook: 'hooks.example', posted: 'refused', why: '404' }],
    /hooks\.example did not take it: 404/,
  ],
])('a test message: %s', async (_sentence, posted, words) => {
  expect(JSON.stringify(await aSource(posted).deps.test())).toMatch(words)
})
