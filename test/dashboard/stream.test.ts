import express from 'express'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createDashboard } from '../../server/dashboard/index.ts'
import type { RowView } from '../../server/dashboard/view.ts'
import { FakeStore, aDelivery, aRow, instances, noCounts, noon } from './make-rows.ts'
import { anAccess, logIn } from './log-in.ts'
import { serve } from './server.ts'

interface Message {
  readonly event: string
  readonly data: unknown
}

interface At {
  readonly url: string
  readonly session: { readonly cookie: string }
  readonly query?: string
}

/** Reads server-sent events as a page does. */
async function listen({ url, session, query = '' }: At) {
  const messages: Message[] = []
  const answer = await new Promise<IncomingMessage>((resolve) =>
    get(`${url}/admin/api/stream${query}`, { headers: session }, resolve),
  )
  let rest = ''
  answer.setEncoding('utf8').on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
      if (event !== undefined && data !== undefined) messages.push({ event, data: JSON.parse(data) as unknown })
    }
  })
  const close = () => void answer.destroy()
  onTestFinished(close)
  return { messages, close, headers: answer.headers }
}

/** Waits until it holds; the cap is no measure of speed. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 60_000 })

const eventsIn = (messages: readonly Message[]): readonly RowView[][] =>
  messages.flatMap(({ event, data }) => (event === 'events' ? [data as RowView[]] : []))

const open = async () => {
  const store = new FakeStore()
  const access = anAccess()
  const url = await serve(express().use(createDashboard({ store, instances, access, now: () => noon, pollMs: 5 })))
  return { store, access, at: { url, session: await logIn(url) } }
}

test('a new listener gets what there is, then only what changed', async () => {
  const { store, at } = await open()
  store.rows = [aRow({ deliveries: [aDelivery({ state: 'pending' })] }), aRow({ eventId: 'T-1000' })]
  const { messages, headers } = await listen(at)
  expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
  await soon(() => expect(eventsIn(messages)).toHaveLength(1))
  expect(eventsIn(messages)[0]?.map(({ eventId }) => eventId)).toEqual(['T-1001', 'T-1000'])

  store.rows = [aRow(), aRow({ eventId: 'T-1000' })]
  await soon(() => expect(eventsIn(messages)).toHaveLength(2))
  expect(eventsIn(messages)[1]).toMatchObject([{ eventId: 'T-1001', deliveries: [{ pair: { state: 'paired' } }] }])
})

test('nothing changes, nothing is sent', async () => {
  const { store, at } = await open()
  store.rows = [aRow()]
  const { messages } = await listen(at)
  await soon(() => expect(store.asked.length).toBeGreaterThan(5))
  expect(messages.map(({ event }) => event)).toEqual(['events', 'counts'])
})

test('an empty store is told as such', async () => {
  const { at } = await open()
  const { messages } = await listen(at)
  await soon(() => expect(eventsIn(messages)).toEqual([[]]))
})

test('changed counts are sent by themselves', async () => {
  const { store, at } = await open()
  const { messages } = await listen(at)
  await soon(() => expect(messages).toHaveLength(2))
  store.numbers = { ...noCounts, events: 7 }
  await soon(() => expect(messages).toHaveLength(3))
  expect(messages[2]).toMatchObject({ event: 'counts', data: { events: 7, conservation: { addsUp: true } } })
})

test('a second listener gets all of it, whatever the first one has', async () => {
  const { store, at } = await open()
  store.rows = [aRow()]
  const first = await listen(at)
  await soon(() => expect(eventsIn(first.messages)).toHaveLength(1))
  const second = await listen(at)
  await soon(() => expect(eventsIn(second.messages)[0]).toHaveLength(1))
  expect(eventsIn(first.messages)).toHaveLength(1)
})

test('a store in trouble is said in one sentence, and the stream goes on', async () => {
  const { store, at } = await open()
  store.broken = true
  const { messages } = await listen(at)
  await soon(() => expect(messages[0]).toMatchObject({ event: 'trouble' }))
  expect(JSON.stringify(messages)).not.toContain('disk gone')
  store.broken = false
  store.rows = [aRow()]
  await soon(() => expect(eventsIn(messages)).toHaveLength(1))
})

test('the store is left alone before anyone listens and after the last one left', async () => {
  const { store, at } = await open()
  expect(store.asked).toEqual([])
  const { close } = await listen(at)
  await soon(() => expect(store.asked.length).toBeGreaterThan(1))
  close()
  // At rest: no reading between several looks in a row.
  let before = -1
  let quiet = 0
  await soon(() => {
    quiet = store.asked.length === before ? quiet + 1 : 0
    before = store.asked.length
    expect(quiet).toBe(4)
  })
  const atRest = store.asked.length
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(store.asked).toHaveLength(atRest)
})
