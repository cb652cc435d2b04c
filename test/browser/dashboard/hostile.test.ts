import { expect, test } from 'vitest'
import { viewRow } from '../../../server/dashboard/view.ts'
import { aCopy, aDelivery, aRow } from '../../dashboard/make-rows.ts'
import { waitFor } from '../../integration/harness.ts'
import { find } from './person.ts'
import { views } from './views.ts'
import { inBothBrowsers } from './visit.ts'
import { instances } from './world-rows.ts'

/** What comes from pages, shops and platforms, and would like to be more than text. */
const corpus = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  "'-alert(1)-'",
  'javascript:alert(1)',
  '</title></main><h1>Not ours</h1>',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '\u202Egnp.exe\u0000\uFFFF',
  '=HYPERLINK("https://evil.example","x")',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '<a href="https://evil.example" ping="https://evil.example">x</a>',
  '<style>@import "https://evil.example/x.css"</style>',
  '__proto__',
  'x'.repeat(4000),
]

const textOf = (at: number): string => corpus[at % corpus.length]!

/** The same world with each text of people's own, at any depth, taken from the corpus; IDs the page addresses by stay. */
function poisoned<T>(value: T, key = '', at = { n: 0 }): T {
  const keep = ['state', 'kind', 'result', 'platform', 'id', 'rule', 'level', 'range', 'method', 'durability']
  if (typeof value === 'string') return (keep.includes(key) ? value : textOf(at.n++)) as T
  if (Array.isArray(value)) return value.map((one: unknown) => poisoned(one, key, at)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one as unknown, name, at)])) as T
}

const hostileRows = corpus.map((text, at) =>
  viewRow(
    aRow({
      site: 'shop',
      name: text,
      eventId: `evil-${at}`,
      copies: [aCopy({ origin: text, alias: text })],
      deliveries: [
        aDelivery({
          state: 'dead',
          reason: 'rejected_by_platform',
          why: text,
          trace: text,
          explanation: {
            name: text,
            request: { method: 'POST', url: text },
            sent: { data: [{ custom_data: { [text]: text, url: text } }] },
            origins: { [text]: 'browser' },
            answer: { status: 400, words: text },
            warnings: [{ field: text, message: text }],
          },
        }),
      ],
    }),
    instances,
  ),
)

inBothBrowsers((visit) => {
  test('whatever people and platforms write shows as text on every view', async () => {
    const { person, fixture, open } = await visit()
    await open('Overview')
    const { events: _, event: __, demo: ___, ...rest } = fixture.world
    Object.assign(fixture.world, poisoned(rest))
    fixture.world.events = hostileRows
    const hop = (text: string) => ({ what: text, detail: text, instance: text })
    fixture.world.event = (eventId) =>
      hostileRows
        .filter((row) => row.eventId === eventId)
        .map((row) => ({ row, hops: corpus.map(hop), canResend: [] }))[0]
    fixture.tell(hostileRows)
    const plain = views.filter((view) => !view.startsWith('event?'))
    const all = [
      ...plain,
      ...hostileRows.map(
        ({ name, eventId }) =>
          `event?${new URLSearchParams({ site: 'shop', event: name, event_id: eventId }).toString()}`,
      ),
    ]
    for (const view of all) {
      await person.go(`${fixture.url}#/${view}`)
      await waitFor(view, () =>
        person.run((hash) => location.hash === hash && document.querySelectorAll('main > *').length > 1, `#/${view}`),
      )
      const strangers = await person.run(() =>
        [
          ...document.querySelectorAll(
            'main :is(script, img, iframe, style, svg[onload], a[href^="javascript"], a[ping])',
          ),
        ].map((one) => one.outerHTML),
      )
      expect(strangers, view).toEqual([])
    }
    // Seen as text, not merely swallowed.
    await person.press(find.nav('Events'))
    await waitFor('the list', () =>
      person.run((text) => document.querySelector('#events')?.textContent?.includes(text) ?? false, corpus[1]!),
    )
    expect(await person.run(() => document.querySelectorAll('h1').length)).toBe(1)
  })
})
