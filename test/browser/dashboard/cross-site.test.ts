import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Reads } from '../../../server/dashboard/shapes.ts'
import { stopServer } from '../../integration/harness.ts'
import { browsers } from './browsers.ts'
import { startDemoProcess, type DemoProcess } from './demo.ts'
import type { Person, PersonBrowser } from './person.ts'
import { sees } from './visit.ts'

type Card = Reads['overview']['instances'][number]

/** What a page of somebody else's tries, in the browser of who is logged in; what each try could read of an answer. */
async function attack(admin: string): Promise<Record<string, string>> {
  const api = `${admin}/admin/api`
  const body = JSON.stringify({ instance: 'meta', site: 'default', enabled: false })
  const read = (asked: Promise<Response>): Promise<string> =>
    asked.then(
      async (answer) => `${answer.type} ${answer.status} ${(await answer.text()).slice(0, 80)}`,
      () => 'nothing',
    )
  const post = (init: RequestInit) =>
    read(fetch(`${api}/switch`, { method: 'POST', credentials: 'include', body, ...init }))
  const loaded = (tag: 'img' | 'script' | 'iframe', src: string): Promise<string> =>
    new Promise((resolve) => {
      const element = document.createElement(tag)
      element.onload = () => {
        let seen: string | undefined
        try {
          seen = (element as HTMLIFrameElement).contentDocument?.body.innerText
        } catch {
          seen = undefined
        }
        resolve(seen ? `loaded ${seen}` : 'nothing')
      }
      element.onerror = () => resolve('nothing')
      element.src = src
      document.body.append(element)
    })
  const form = (path: string, enctype: string, name: string, value: string): Promise<string> =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.name = `frame-${Math.random()}`
      document.body.append(frame)
      frame.onload = () => resolve(frame.contentDocument?.body.innerText ? 'read' : 'nothing')
      const element = Object.assign(document.createElement('form'), {
        method: 'POST',
        enctype,
        action: `${api}/${path}`,
      })
      element.target = frame.name
      const input = Object.assign(document.createElement('input'), { name, value })
      element.append(input)
      document.body.append(element)
      element.submit()
    })
  const query = new URLSearchParams({ instance: 'meta', site: 'default', enabled: 'false' }).toString()
  const stream = (): Promise<string> =>
    new Promise((resolve) => {
      const source = new EventSource(`${api}/stream`, { withCredentials: true })
      const end = (words: string) => () => {
        source.close()
        resolve(words)
      }
      source.addEventListener('events', end('events'))
      source.addEventListener('error', end('nothing'))
    })
  return {
    'a post with our header': await post({ headers: { 'X-Pairpixel': '1', 'Content-Type': 'application/json' } }),
    'a post as text': await post({ headers: { 'Content-Type': 'text/plain' } }),
    'a post that wants no answer': (await post({ mode: 'no-cors', keepalive: true })).replace(/^opaque 0 $/, 'nothing'),
    'a beacon': String(navigator.sendBeacon(`${api}/switch`, body)).replace('true', 'nothing'),
    'a form': await form('switch', 'application/x-www-form-urlencoded', 'instance', 'meta'),
    'a form of text that reads as JSON': await form('switch', 'text/plain', `${body.slice(0, -1)},"x":"`, '"}'),
    'a form that logs out': await form('logout', 'application/x-www-form-urlencoded', 'x', '1'),
    'an image': await loaded('img', `${api}/switch?${query}`),
    'a script of the events': await loaded('script', `${api}/events`),
    'a frame': await loaded('iframe', `${admin}/admin`),
    'the overview': await read(fetch(`${api}/overview?range=1h`, { credentials: 'include' })),
    'who is in': await read(fetch(`${api}/me`, { credentials: 'include' })),
    'the stream': await stream(),
  }
}

/** The card of Meta, asked for by the dashboard's own page; undefined: nobody is logged in. */
const metaCard = (person: Person) =>
  person.run(async (): Promise<Card | undefined> => {
    const answer = await fetch('/admin/api/overview?range=1h')
    const overview = (await answer.json()) as Reads['overview']
    return answer.ok ? overview.instances.find(({ name }) => name === 'meta') : undefined
  })

describe.each(browsers)('$name', ({ launch }) => {
  let browser: PersonBrowser
  let demo: DemoProcess
  let person: Person
  const page = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('<!doctype html><html lang="en"><title>Somebody else</title><body>Somebody else’s page</body></html>')
  })
  beforeAll(async () => {
    browser = await launch()
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await browser.close()
    await stopServer(page)
  })
  beforeEach(async () => {
    demo = await startDemoProcess()
    person = await browser.newPerson()
  })
  afterEach(async () => {
    await person.close()
    await demo.stop()
  })

  // Cookies know no ports: a page of the same host has the session with its requests, and must come no further.
  test.each([
    ['another port of the same host', '127.0.0.1'],
    ['another site', 'localhost'],
  ])('a page of %s changes nothing and reads nothing', async (_what, host) => {
    await person.go(demo.liveUrl)
    await sees(person, 'Waiting for the first event')
    const { origin } = new URL(demo.liveUrl)
    expect((await metaCard(person))?.enabled).toBe(true)

    await person.go(`http://${host}:${(page.address() as AddressInfo).port}/`)
    const read = await person.run(attack, origin)
    expect(Object.entries(read).filter(([, words]) => words !== 'nothing')).toEqual([])

    // Whoever was logged in still is, and sees what was there.
    await person.go(`${origin}/admin`)
    await sees(person, 'Waiting for the first event')
    expect((await metaCard(person))?.enabled).toBe(true)

    // The same post from the dashboard's own page does change it: what failed was no mistake of the attacks.
    const answer = await person.run(async () => {
      const { status } = await fetch('/admin/api/switch', {
        method: 'POST',
        headers: { 'X-Pairpixel': '1', 'Content-Type': 'application/json' },
        body: JSON.stringify({ instance: 'meta', site: 'default', enabled: false }),
      })
      return status
    })
    expect([answer, (await metaCard(person))?.enabled]).toEqual([200, false])
  })
})
