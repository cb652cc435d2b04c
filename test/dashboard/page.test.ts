// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Row, Totals } from '../../server/dashboard/page/rows.ts'
import { totals, viewRow } from '../../server/dashboard/view.ts'
import { aCopy, aDelivery, aNotice, aRow, instances, noCounts, noDeliveries, noon } from './make-rows.ts'

/** Stands for the browser's stream: the test is the server. */
class FakeEventSource extends EventTarget {
  static last: FakeEventSource
  constructor() {
    super()
    FakeEventSource.last = this
  }
  say(event: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
  }
}

const seen = (row: ReturnType<typeof aRow>): Row => viewRow(row, instances)
const events = (...rows: readonly Row[]) => FakeEventSource.last.say('events', rows)
const titles = () => [...document.querySelectorAll('#events code')].map(({ textContent }) => textContent)
const cardOf = (eventId: string) =>
  [...document.querySelectorAll<HTMLDetailsElement>('details.event')].find(
    (card) => card.querySelector('code')?.textContent === eventId,
  )!

beforeAll(async () => {
  const page = readFileSync(join(import.meta.dirname, '../../server/dashboard/page/live.html'), 'utf8')
  document.body.innerHTML = /<body>([^]*)<\/body>/.exec(page)![1]!
  vi.stubGlobal('EventSource', FakeEventSource)
  const shown = instances.map((one) => ({ ...one, notices: one.name === 'reddit' ? [aNotice] : [] }))
  vi.stubGlobal('fetch', () =>
    Promise.resolve(Response.json({ instances: shown, demo: { shopUrl: 'http://localhost:8786' } })),
  )
  await import('../../server/dashboard/page/live.ts')
})

test('from nothing to events: guidance, order, updates, and what the visitor opened stays open', () => {
  events()
  expect(document.querySelector<HTMLElement>('#empty')?.hidden).toBe(false)
  expect(document.querySelector('#empty a')?.getAttribute('href')).toBe('http://localhost:8786')
  expect(document.querySelector('#empty .notices')?.textContent).toBe(`reddit: ${aNotice.message} ${aNotice.fix}`)

  const pending = aRow({ deliveries: [aDelivery({ state: 'pending' })] })
  events(seen(aRow({ eventId: 'older', name: 'page_view', firstAt: noon - 1000 })), seen(pending))
  expect(document.querySelector<HTMLElement>('#empty')?.hidden).toBe(true)
  expect(titles()).toEqual(['T-1001', 'older'])
  expect([cardOf('T-1001').open, cardOf('older').open]).toEqual([true, false])

  cardOf('older').querySelector('summary')!.click()
  expect(cardOf('older').open).toBe(true)
  events(seen(aRow()), seen(aRow({ eventId: 'T-1002', firstAt: noon + 1000 })))
  expect(titles()).toEqual(['T-1002', 'T-1001', 'older'])
  expect(cardOf('T-1001').querySelector('.badge')?.textContent).toBe('Paired')
  expect([cardOf('T-1002').open, cardOf('T-1001').open, cardOf('older').open]).toEqual([true, false, true])
})

test('names, IDs and answers from outside are text, never elements', () => {
  const evil = '<img src=x onerror=alert(1)>'
  const answer = { status: 400, words: evil }
  const explanation = { answer, sent: { custom: evil }, request: { method: 'POST', url: evil } }
  events(
    seen(
      aRow({
        name: evil,
        eventId: '<b>id</b>',
        firstAt: noon + 5000,
        copies: [aCopy({ origin: evil, alias: evil })],
        deliveries: [aDelivery({ state: 'dead', reason: 'rejected_by_platform', explanation })],
      }),
    ),
  )
  const card = cardOf('<b>id</b>')
  expect(card.querySelectorAll('img, b b, code b')).toHaveLength(0)
  expect(card.textContent.split(evil)).toHaveLength(7)
})

test('a card says which copies came, what became of each delivery and what the platform made of it', () => {
  const conversions = [{ event: 'Purchase', id: 'T-9', hits: 1, server_copies: 1, paired: true }]
  const row = aRow({
    eventId: 'T-9',
    firstAt: noon + 6000,
    conflict: true,
    copies: [aCopy({ duplicates: 2 }), aCopy({ kind: 'backend', origin: 'api', result: 'late' })],
    deliveries: [
      aDelivery({
        attempts: 2,
        explanation: { sent: { value: 5 }, origins: { value: 'backend' }, answer: { status: 200, words: 'taken' } },
      }),
      aDelivery({
        instance: 'reddit',
        state: 'suppressed',
        reason: 'pixel_unmatched',
        why: 'pixel_unmatched',
        attempts: 0,
      }),
    ],
  })
  events(viewRow(row, instances, { meta: conversions }))
  const words = [...cardOf('T-9').querySelectorAll('.conflict, .copies em, .counted, .reason, dd, td')].map((part) =>
    part.textContent.replace(/\d\d:\d\d:\d\d/, 'TIME'),
  )
  expect(words).toEqual([
    'Copies of this event disagree on value, currency, order or items.',
    '+2 duplicates dropped',
    'late: came after sending, not sent again',
    'Meta counted 1 Purchase: browser + server, paired',
    'Delivered · TIME · 2 attempts',
    '200 · taken',
    '5',
    'Back end',
    'The page had already sent this event to the platform without an ID; a second one would count twice.',
    'Suppressed · TIME',
  ])
})

test('a card shows what there is to see to in its destination’s settings, and how pressing it is', () => {
  const evil = '<b>now</b>'
  const notices = new Map([['reddit', [{ level: 'urgent', message: evil } as const, aNotice]]])
  const row = aRow({
    eventId: 'T-10',
    firstAt: noon + 7000,
    deliveries: ['meta', 'reddit'].map((instance) => aDelivery({ instance, state: 'dead' })),
  })
  events(viewRow(row, instances, {}, notices))
  const cards = [...cardOf('T-10').querySelectorAll('.destination')]
  expect(cards.map((card) => card.querySelectorAll('.notices').length)).toEqual([0, 1])
  const shown = [...cards[1]!.querySelectorAll('.notices li')].map((item) => [item.className, item.textContent])
  expect(shown).toEqual([
    ['urgent', evil],
    ['warning', `${aNotice.message} ${aNotice.fix}`],
  ])
})

test('a pair state chosen shows its events alone, and a second press all of them', () => {
  const press = (state: string) => document.querySelector<HTMLElement>(`[data-filter="${state}"]`)!.click()
  const all = titles()
  events(seen(aRow({ eventId: 'lonely', fired: { meta: 'blocked' }, firstAt: noon + 9000 })))
  press('capi-only')
  expect(titles()).toEqual(['lonely'])
  press('waiting')
  expect(titles()).toEqual([])
  expect(document.querySelector('#empty')?.textContent).toContain('No event fits')
  press('waiting')
  expect(titles()).toEqual(['lonely', ...all])
})

test.each([
  ['adds up', { ...noDeliveries, delivered: 3, suppressed: 1 }, '✓ every one accounted for'],
  ['does not', { ...noDeliveries, delivered: 3, vanished: 1 }, '✗ does not add up'],
])('the line under the totals says when it %s', (_sentence, meta, verdict) => {
  const shown: Totals = totals({ ...noCounts, events: 2, deliveries: { meta } }, noon)
  FakeEventSource.last.say('counts', shown)
  expect(document.querySelector('#sum')?.textContent).toContain('4 created')
  expect(document.querySelector('#sum')?.textContent).toContain(verdict)
})

test('a lost connection is said, and so is its return', () => {
  FakeEventSource.last.dispatchEvent(new Event('error'))
  expect(document.querySelector('#status')?.textContent).toBe('Connection lost, trying again')
  events()
  expect(document.querySelector('#status')?.textContent).toBe('Live')
})
