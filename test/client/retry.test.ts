import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import consent from '../../client/features/consent.ts'
import retry from '../../client/features/retry.ts'
import { closePage, newPage, settle } from './page.ts'
import {
  arrived,
  begin,
  comesBack,
  failed,
  kept,
  keptIds,
  network,
  nextPage,
  taken,
  useNetwork,
  waits,
  type Answer,
} from './retry-page.ts'

beforeEach(newPage)
afterEach(closePage)
useNetwork()

describe('what an answer means', () => {
  test.each<[string, Answer, string[]]>([
    ['taken', { status: 204 }, []],
    ['taken, some of it refused', { status: 200 }, []],
    ['no network', undefined, ['l1']],
    ...[400, 413, 422].map((status): [string, Answer, string[]] => [`${status}`, { status }, []]),
    ...[301, 401, 403, 404, 405, 408, 412, 414, 421, 423, 429, 500, 502, 503, 504].map(
      (status): [string, Answer, string[]] => [`${status}`, { status }, ['l1']],
    ),
  ])('%s', async (_name, said, expected) => {
    network.answer = said
    await failed()
    expect(keptIds()).toEqual(expected)
    expect(localStorage.length).toBe(expected.length)
  })

  test('what is sent again and refused for good is forgotten too', async () => {
    await failed()
    network.answer = { status: 422 }
    await waits(5000)
    expect([arrived(), keptIds()]).toEqual([['l1', 'l1'], []])
  })
})

describe('what is kept', () => {
  test('no match keys, neither then nor when it is sent again', async () => {
    begin().track('Lead', { user: { email: 'a@b.example' } }, { id: 'l1' })
    await settle()
    expect(network.requests.map(({ users }) => users)).toEqual([[{ email: 'a@b.example' }]])
    expect(keptIds()).toEqual(['l1'])
    expect(localStorage._ppq).not.toMatch(/user|a@b/)
    await comesBack()
    expect(network.requests.map(({ ids, users }) => [ids, users])).toEqual([[['l1'], [undefined]]])
  })

  test.each([
    [49, 49],
    [50, 50],
    [51, 50],
  ])('of %i events %i', async (count, expected) => {
    const pixel = begin()
    for (let n = 0; n < count; n++) pixel.track('Lead', {}, { id: `l${n}` })
    await settle()
    expect(keptIds()).toHaveLength(expected)
    expect(keptIds()[0]).toBe(`l${count - 1}`)
  })

  test('of 1,000 events without network the newest 50 arrive once each, all purchases among them', async () => {
    const pixel = begin()
    const names = Array.from({ length: 1000 }, (_, n) => (n % 200 ? (n % 2 ? 'Lead' : 'page_view') : 'purchase'))
    for (const [n, name] of names.entries()) {
      pixel.track(name, {}, { id: `${name}-${n}` })
      if (n % 7 === 0) await settle()
      vi.setSystemTime(Date.now() + 100)
    }
    await waits(1000)
    await comesBack()
    await waits(600_000)
    const ids = names.map((name, n) => `${name}-${n}`)
    const expected = [
      ...ids.filter((id) => id.startsWith('purchase')),
      ...ids.filter((id) => id.startsWith('Lead')).slice(-45),
    ]
    expect(arrived().sort()).toEqual(expected.sort())
    expect(network.requests.map((one) => one.ids.length)).toEqual([20, 20, 10])
    expect(kept()).toEqual([])
  })

  test('when there is no room, page views go first and purchases last', async () => {
    const pixel = begin()
    const about = (id: string) => ({ text: id.padEnd(7000, 'x') })
    for (const [name, id] of [
      ['purchase', 'p1'],
      ['page_view', 'v1'],
      ...Array.from({ length: 14 }, (_, n) => ['Lead', `l${n}`]),
      ['page_view', 'v2'],
    ] as [string, string][])
      pixel.track(name, about(id), { id })
    await settle()
    expect(keptIds()).toEqual(['p1', ...Array.from({ length: 12 }, (_, n) => `l${13 - n}`)])
    expect(new Blob([localStorage._ppq as string]).size).toBeLessThanOrEqual(100_000)
  })

  test('bytes count, not characters, and one that has no room takes none from the others', async () => {
    const pixel = begin()
    pixel.track('Lead', {}, { id: 'small' })
    pixel.track('purchase', { text: '€'.repeat(33_400) }, { id: 'large' })
    await settle()
    expect(keptIds()).toEqual(['small'])
  })

  test.each([
    [-1, ['l1']],
    [0, []],
    [1, []],
  ])('a day, and %i ms', async (ms, expected) => {
    await failed()
    await nextPage()
    vi.setSystemTime(Date.now() + 86_400_000 + ms)
    network.answer = taken
    begin()
    await waits(0)
    expect(arrived()).toEqual(expected)
  })

  test('one event that is told twice is kept once; another of the same ID is another', async () => {
    const pixel = begin()
    pixel.track('Lead', {}, { id: 'x' })
    await settle()
    pixel.track('Lead', {}, { id: 'x' })
    pixel.track('Search', {}, { id: 'x' })
    await settle()
    expect(kept().map(({ event }) => event)).toEqual(['search', 'generate_lead'])
  })

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['no list', '{"a":1}'],
    ['a list of nothing', '[null,7]'],
  ])('what somebody else wrote there is no trouble: %s', async (_name, text) => {
    localStorage._ppq = text
    await failed()
    expect(keptIds()).toEqual(['l1'])
  })

  test('what another site of this address has kept is left to it', async () => {
    await failed()
    await nextPage()
    network.answer = taken
    begin({ key: 'other' })
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([[], ['l1']])
  })
})

describe('storage', () => {
  test.each<[string, () => void]>([
    [
      'refused',
      () =>
        vi.stubGlobal(
          'localStorage',
          new Proxy(
            {},
            {
              get: () => {
                throw new DOMException('no', 'SecurityError')
              },
              set: () => {
                throw new DOMException('no', 'SecurityError')
              },
            },
          ),
        ),
    ],
    ['absent', () => vi.stubGlobal('localStorage', null)],
    [
      'full',
      () =>
        vi.stubGlobal(
          'localStorage',
          new Proxy(
            {},
            {
              set: () => {
                throw new DOMException('no', 'QuotaExceededError')
              },
            },
          ),
        ),
    ],
  ])('%s: the page itself remembers', async (_name, prepare) => {
    const { localStorage: before } = window
    prepare()
    await failed()
    await comesBack()
    const first = arrived()
    await waits(600_000)
    vi.stubGlobal('localStorage', before)
    expect([first, arrived()]).toEqual([['l1'], ['l1']])
  })

  test('that forgets nothing it is told to: no endless sending', async () => {
    await failed()
    const { localStorage: before } = window
    const text: unknown = before._ppq
    vi.stubGlobal('localStorage', new Proxy({ _ppq: text }, { set: () => true, deleteProperty: () => true }))
    await comesBack()
    await waits(600_000)
    vi.stubGlobal('localStorage', before)
    expect(arrived()).toEqual(['l1'])
  })

  test('what fails after the visitor’s no is not kept', async () => {
    const pixel = begin({ features: [consent, retry] })
    pixel.consent('granted')
    await waits(0)
    let fails = (): void => undefined
    vi.stubGlobal('fetch', () => new Promise((_, fail) => (fails = () => fail(new TypeError('no network')))))
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    pixel.consent('denied')
    fails()
    await settle()
    expect(kept()).toEqual([])
  })

  test('nothing is read, kept or sent before it may be', async () => {
    const text = JSON.stringify([{ event: 'search', event_id: 's1', event_time: Date.now(), site: 'shop' }])
    const read = vi.fn(() => text)
    vi.stubGlobal('localStorage', new Proxy({}, { get: read }))
    network.answer = taken
    let open = (): void => undefined
    begin({ features: [retry, (kit) => void (open = kit.shutGate())] })
    await waits(60_000)
    window.dispatchEvent(new Event('online'))
    await waits(60_000)
    expect([network.requests, read.mock.calls]).toEqual([[], []])
    open()
    await settle()
    expect(new Set(arrived())).toEqual(new Set(['s1']))
  })
})

test('nothing that fails comes out in the page', async () => {
  const rejected = vi.fn()
  process.on('unhandledRejection', rejected)
  for (const broken of [() => Promise.resolve({}), () => Promise.reject(new Error('no')), () => undefined]) {
    vi.stubGlobal('fetch', broken)
    begin().track('Lead', {}, { id: 'l1' })
    await settle()
    await waits(6000)
  }
  await new Promise((done) => setImmediate(done))
  process.off('unhandledRejection', rejected)
  expect(rejected).not.toHaveBeenCalled()
})

describe('two sites in one browser', () => {
  test('each keeps its own copy of one event, and takes off no other', async () => {
    const sites = () => kept().map((one) => (one as { site?: string }).site)
    const shops = { event: 'generate_lead', event_id: 'l1', event_time: Date.now(), site: 'shop' }
    localStorage._ppq = JSON.stringify([shops])
    await failed({ key: 'other' })
    expect(sites().sort()).toEqual(['other', 'shop'])
    await comesBack()
    expect([arrived(), sites()]).toEqual([['l1'], ['shop']])
  })
})
