import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import pairingDeep from '../../client/features/pairing-deep.ts'
import pairing from '../../client/features/pairing.ts'
import proof from '../../client/features/proof.ts'
import { postedProofs, resourceLoaded, settle, setGlobal } from './page.ts'
import { addStub, call, closePixelPage, newPixelPage, pair, twins } from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(closePixelPage)

type Answer = (pixel: { id: string }, name: string) => Record<string, string>
type Hear = (transport: string, params: Map<string, string>) => void
interface Sent {
  readonly pixel: string
  readonly name: string
  readonly id: string | undefined
}

/** Hits of Meta's library, oldest first. */
const sent: Sent[] = []
beforeEach(() => void sent.splice(0))

/** As the library is built: a call's own ID comes before what its parts add. */
function metaLibrary(pixels: readonly string[] = ['111']) {
  const answers: Answer[] = []
  const hearers: Hear[] = []
  const bus = {
    getCustomParameters: { listen: (answer: Answer) => void answers.push(answer) },
    fired: { listen: (hear: Hear) => void hearers.push(hear) },
  }
  const send = (pixel: string, name: string, given: Record<string, string> = {}): void => {
    const added = Object.assign({}, ...answers.map((answer) => answer({ id: pixel }, name))) as Record<string, string>
    const params = new Map(Object.entries({ id: pixel, ev: name, ...added, ...given }))
    sent.push({ pixel, name, id: params.get('eid') })
    for (const hear of hearers) hear('GET', params)
  }
  const handle = (command: string, ...args: unknown[]): void => {
    const [only, name, , options] = (command.includes('Single') ? args : [undefined, ...args]) as [
      string | undefined,
      string,
      unknown,
      { eventID?: string } | undefined,
    ]
    if (!command.startsWith('track')) return
    const id = options?.eventID
    for (const pixel of pixels) if (!only || only === pixel) send(pixel, name, id ? { eid: id } : {})
  }
  return {
    bus,
    send,
    /** Of its own, without a call. */
    automatic: (name: string) => pixels.forEach((pixel) => send(pixel, name)),
    listeners: () => answers.length + hearers.length,
    goLive() {
      const fbq = (window as unknown as { fbq: Record<string, unknown> & { queue: unknown[][] } }).fbq
      fbq.getFbeventsModules = (name: string) => (name === 'SignalsFBEventsEvents' ? bus : undefined)
      fbq.callMethod = handle
      for (const args of fbq.queue.splice(0)) handle(...(Array.from(args) as [string, ...unknown[]]))
      scriptLoaded()
    },
  }
}
/** A script element of the page has run. */
function scriptLoaded(): void {
  const script = document.createElement('script')
  // Without an address nothing is fetched.
  document.documentElement.append(script)
  script.dispatchEvent(new Event('load'))
  script.remove()
}

const features = [proof, pairing, pairingDeep]
const open = (settings: PixelConfig & { pair?: string } = {}, pixels?: readonly string[]) => {
  addStub('meta')
  pair({ features, ...settings })
  const library = metaLibrary(pixels)
  library.goLive()
  return library
}

describe('what Meta’s library tells of by itself', () => {
  test.each([
    ['a page view of the history', 'PageView', 'page_view'],
    ['a click on a button', 'SubscribedButtonClick', 'SubscribedButtonClick'],
  ])('%s: one hit and one twin, under one ID', async (_what, name, event) => {
    open().automatic(name)
    const [twin, ...more] = await twins()
    expect(more).toEqual([])
    expect(twin).toMatchObject({
      event,
      origin: 'fbq',
      to: ['meta'],
      names: { meta: name },
      fired: { meta: 'called' },
      url: 'https://www.shop.com/',
    })
    expect(sent).toEqual([{ pixel: '111', name, id: twin!.event_id }])
    resourceLoaded(`https://www.facebook.com/tr/?id=111&ev=${name}&eid=${twin!.event_id}&rqm=GET`)
    await settle()
    vi.advanceTimersByTime(1000)
    expect(postedProofs().map(({ fired }) => fired)).toEqual([{ meta: 'requested' }])
  })

  test('two pixels share an ID and a twin', async () => {
    open({}, ['111', '222']).automatic('PageView')
    const told = await twins()
    expect(told).toHaveLength(1)
    expect(sent.map(({ pixel, id }) => [pixel, id])).toEqual([
      ['111', told[0]!.event_id],
      ['222', told[0]!.event_id],
    ])
  })

  test('two clicks on one page are two events, at once or later', async () => {
    const library = open({}, ['111', '222'])
    library.automatic('SubscribedButtonClick')
    library.automatic('SubscribedButtonClick')
    vi.advanceTimersByTime(5000)
    library.send('222', 'SubscribedButtonClick')
    const told = await twins()
    expect(new Set(told.map(({ event_id }) => event_id)).size).toBe(3)
    expect(sent.map(({ id }) => told.findIndex(({ event_id }) => event_id === id))).toEqual([0, 0, 1, 1, 2])
  })

  test('views of two addresses are two', async () => {
    const library = open()
    library.automatic('PageView')
    history.pushState({}, '', '/next')
    library.automatic('PageView')
    expect((await twins()).map(({ url }) => url)).toEqual(['https://www.shop.com/', 'https://www.shop.com/next'])
  })

  test('a pixel of another site stays as it is', async () => {
    const library = open({ pixels: { meta: ['111'] } }, ['999'])
    library.automatic('PageView')
    expect([sent, await twins()]).toEqual([[{ pixel: '999', name: 'PageView', id: undefined }], []])
  })

  test('a site without Meta', async () => {
    open({ pixels: { reddit: [] } }).automatic('PageView')
    expect([sent[0]?.id, await twins()]).toEqual([undefined, []])
  })

  test('a gateway’s ID stays, and nothing is told', async () => {
    const library = open()
    library.send('111', 'PageView', { eid: 'ob3_plugin-set_abc' })
    expect([sent[0]?.id, await twins()]).toEqual(['ob3_plugin-set_abc', []])
  })
})

describe('what the page tells is told once', () => {
  test.each<[string, () => void, string | undefined]>([
    ['a call', () => call('meta', 'track', 'Purchase', { value: 5, currency: 'EUR' }), undefined],
    ['a call with an ID', () => call('meta', 'track', 'Purchase', {}, { eventID: 'o-1' }), 'o-1'],
    ['a call of ours', () => window.pairpixel!.track('purchase', {}, { id: 'o-2' }), 'o-2'],
    ['a call to one pixel', () => call('meta', 'trackSingle', '111', 'Purchase', {}), undefined],
  ])('%s', async (_what, tell, id) => {
    open({ pixels: { meta: [] } })
    tell()
    const told = await twins()
    expect(told.length).toBe(id === 'o-2' ? 0 : 1)
    expect(sent).toEqual([{ pixel: '111', name: 'Purchase', id: id ?? told[0]!.event_id }])
  })

  test('a call that waited for the library', async () => {
    addStub('meta')
    call('meta', 'track', 'Purchase', {})
    pair({ features })
    metaLibrary().goLive()
    expect((await twins()).map(({ event_id }) => event_id)).toEqual([sent[0]?.id])
  })
})

describe('where it listens', () => {
  test('a library that was live before', async () => {
    addStub('meta')
    const library = metaLibrary()
    library.goLive()
    pair({ features })
    library.automatic('PageView')
    expect(await twins()).toHaveLength(1)
  })

  test('once, however many scripts run', () => {
    const library = open()
    scriptLoaded()
    scriptLoaded()
    expect(library.listeners()).toBe(2)
  })

  test.each(['off', 'ids'])('not with data-pair="%s"', async (say) => {
    const library = open({ pair: say })
    library.automatic('PageView')
    expect([library.listeners(), sent[0]?.id, await twins()]).toEqual([0, undefined, []])
  })

  test.each<[string, unknown]>([
    ['no function', undefined],
    ['no such place', Object.assign(() => undefined, { queue: [] })],
    ['an empty place', Object.assign(() => undefined, { queue: [], getFbeventsModules: () => undefined })],
    ['another place', Object.assign(() => undefined, { queue: [], getFbeventsModules: () => ({}) })],
    [
      'a place that throws',
      Object.assign(() => undefined, {
        queue: [],
        getFbeventsModules: () => {
          throw new Error('theirs')
        },
      }),
    ],
  ])('%s: nothing happens', async (_what, fbq) => {
    const errors = vi.fn()
    window.addEventListener('error', errors)
    setGlobal('fbq', fbq)
    expect(() => pair({ features })).not.toThrow()
    scriptLoaded()
    expect(await twins()).toEqual([])
    window.removeEventListener('error', errors)
    expect(errors).not.toHaveBeenCalled()
  })

  test('a question that makes no sense has an empty answer', async () => {
    open().send('111', undefined as unknown as string)
    expect([sent.map(({ id }) => id), await twins()]).toEqual([[undefined], []])
  })
})

test('nothing is told before the visitor allows it, and then under the hit’s ID', async () => {
  let allow!: () => void
  const library = open({
    features: [(kit) => void (allow = kit.shutGate()), ...features],
  })
  library.automatic('PageView')
  expect(await twins()).toEqual([])
  allow()
  expect((await twins()).map(({ event_id, fired }) => [event_id, fired])).toEqual([[sent[0]?.id, { meta: 'called' }]])
})
