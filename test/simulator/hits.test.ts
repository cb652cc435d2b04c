import { expect, test } from 'vitest'
import { hit, started, useSimulators } from './arrivals.ts'
import { accounts } from './start.ts'

useSimulators()

test('hits are answered with a picture and open to every page', async () => {
  const answers = [await hit.meta({ event: 'Lead' }), await hit.reddit({ event: 'Lead' })]
  for (const answer of answers) {
    expect(answer.headers.get('content-type')).toBe('image/gif')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(new TextDecoder().decode(await answer.arrayBuffer()).slice(0, 6)).toBe('GIF89a')
  }
  const answer = await hit.snapchat({ event: 'SAVE' })
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example')
})

test('a long Meta hit comes as a form', async () => {
  const fields = { id: accounts.meta.pixelId, ev: 'Lead', eid: 'a', 'cd[note]': 'x'.repeat(5000) }
  const multipart = new FormData()
  for (const [key, value] of Object.entries(fields)) multipart.append(key, value)
  for (const body of [new URLSearchParams(fields), multipart])
    await fetch(`${started.origin}/tr/`, { method: 'POST', body })
  expect(started.simulators.meta.state()).toMatchObject({
    hits: [
      { event: 'Lead', id: 'a', fields },
      { event: 'Lead', id: 'a', fields },
    ],
    counted: [{ hits: 2 }],
  })
})

test('a request without an event is no hit', async () => {
  await fetch(`${started.origin}/tr/?id=${accounts.meta.pixelId}`)
  await fetch(`${started.origin}/rp.gif`)
  for (const body of ['', 'no JSON', '{"req":1}', '{"req":[{"t":{}},null]}'])
    await fetch(`${started.origin}/p`, { method: 'POST', body })
  for (const name of ['meta', 'reddit', 'snapchat'] as const) expect(started.simulators[name].state().hits).toEqual([])
})
