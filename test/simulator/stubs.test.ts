import { expect, test } from 'vitest'
import { open, useSimulators, type Name } from './page.ts'

useSimulators()

test.each([
  ['meta', ['_fbq', 'fbq']],
  ['reddit', ['rdt']],
  ['snapchat', ['snaptr']],
] as [Name, string[]][])('%s adds nothing to the window but its own function', async (name, own) => {
  const before = Object.keys(await open('meta', '', { copies: 0 }))
  const window = await open(name, '')
  expect(Object.keys(window)).toEqual(before)
  expect(before).toEqual(expect.arrayContaining(own))
})

test('without a stub in the page the libraries do nothing', async () => {
  for (const name of ['meta', 'reddit', 'snapchat'] as const) {
    const window = await open(name, 'delete window.fbq; fbq = rdt = snaptr = undefined')
    expect(window.document.cookie).toBe('')
    window.close()
  }
})
