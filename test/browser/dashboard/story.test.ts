import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { waitFor } from '../../integration/harness.ts'
import { browsers } from './browsers.ts'
import { startDemoProcess, type DemoProcess } from './demo.ts'
import { find, type Person, type PersonBrowser } from './person.ts'
import { sees } from './visit.ts'

const click = 'fbclid=IwAR0BrowserTest&rdt_cid=3184742045291813272&ScCid=2f7b9d1c-5a44-4c1e-9a7e-0d1f6f6a8b11'

/** From the ad to the thank-you page; the order's number. */
async function buy(shopper: Person, { shopUrl }: DemoProcess): Promise<string> {
  await shopper.go(`${shopUrl}/?${click}`)
  await shopper.press("//a[starts-with(@href, '/product/')]")
  await shopper.press(find.button('Add to cart'))
  await shopper.press(find.link('Check out'))
  await shopper.press(find.button('Place the order'))
  const thanks = /^\/thanks\/(.+)$/
  await waitFor('the thank-you page', async () => thanks.test(await shopper.run(() => location.pathname)))
  return thanks.exec(await shopper.run(() => location.pathname))?.[1] ?? ''
}

/** What the card of a destination says. */
const cardOf = (person: Person, name: string) =>
  person.run((label) => document.querySelector<HTMLElement>(`article[aria-label="${label}"]`)?.innerText ?? '', name)

describe.each(browsers)('$name', ({ launch }) => {
  let browser: PersonBrowser
  let demo: DemoProcess
  let owner: Person
  let shopper: Person
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    demo = await startDemoProcess()
    owner = await browser.newPerson()
    shopper = await browser.newPerson()
  })
  afterEach(async () => {
    const troubles = owner.troubles
    await owner.close()
    await shopper.close()
    await demo.stop()
    expect(troubles).toEqual([])
  })

  test('an event arrives after the shop click, a token breaks and is mended, a dead letter is replayed', async () => {
    // The printed link logs in, and its token does not stay in the address.
    await owner.go(demo.liveUrl)
    await sees(owner, 'Waiting for the first event', 'Open the demo shop')
    expect(await owner.run(() => location.href)).not.toContain('token')

    const first = await buy(shopper, demo)
    await sees(owner, 'Newest conversion', first)
    await waitFor('three pairs', () =>
      owner.run(() => document.querySelectorAll('.verdicts .badge.paired').length === 3),
    )
    for (const name of ['Meta', 'Reddit', 'Snapchat'])
      await waitFor(`a healthy ${name}`, async () => (await cardOf(owner, name)).includes('Healthy'))

    await owner.press("//p[contains(@class, 'headline')]/a")
    await sees(owner, 'Its way', 'Browser copy', 'Meta counted 1 Purchase: browser + server, paired')
    await owner.press(find.within('Meta', "//summary[starts-with(normalize-space(.), 'What was sent')]"))
    await sees(owner, 'client_ip_address', '203.0.113....', 'fbc')

    // A revoked token: the card says what is the matter and what to do.
    await owner.press(find.nav('Overview'))
    await owner.choose(find.list('Break something at'), 'meta')
    await owner.press(find.button('Revoke its token'))
    const second = await buy(shopper, demo)
    await waitFor('the card to turn', async () =>
      /Degraded[^]*The platform refuses us[^]*Fix: \S/.test(await cardOf(owner, 'Meta')),
    )
    await sees(owner, second)
    expect(await cardOf(owner, 'Reddit')).toContain('Healthy')

    // Mended: what waited goes out, and the card recovers.
    await owner.press(find.button('Revoke its token'))
    await waitFor('the card to recover', async () => (await cardOf(owner, 'Meta')).includes('Healthy'))
    await waitFor('three pairs again', () =>
      owner.run(
        (order) =>
          document.querySelector('.headline code')?.textContent === order &&
          document.querySelectorAll('.verdicts .badge.paired').length === 3,
        second,
      ),
    )

    // A platform that finds fault: the events become dead letters, and go through when it is mended.
    await owner.choose(find.list('Break something at'), 'reddit')
    await owner.press(find.button('Refuse events'))
    const third = await buy(shopper, demo)
    await owner.press(find.nav('Dead letters'))
    await sees(owner, /\d+ events?\s+Reddit/, 'Fix:')
    await owner.press(find.summary('Preview'))
    await waitFor('some of them', () => owner.run(() => document.querySelectorAll('.sample a').length > 0))
    await owner.press(find.nav('Overview'))
    await owner.press(find.button('Refuse events'))
    await sees(owner, 'It is mended')
    await owner.press(find.nav('Dead letters'))
    await owner.press("//section[.//small[contains(., 'Reddit')]]//button[starts-with(normalize-space(.), 'Replay')]")
    await owner.press(find.button('Replay'))
    await sees(owner, 'No dead letters')
    await owner.press(find.nav('Events'))
    await owner.press(`//li//a[.//code[normalize-space(.)='${third}']]`)
    await waitFor('the pair at Reddit', () =>
      owner.run(() => document.querySelector('[aria-label="Reddit"] .badge')?.textContent === 'Paired'),
    )
  })

  test('a pixel that the pages load and nobody has set is told on the card, with what to do', async () => {
    await owner.go(demo.liveUrl)
    await shopper.go(`${demo.shopUrl}/?${click}`)
    await shopper.run(() => {
      const { fbq } = window as unknown as { fbq: (...call: unknown[]) => void }
      fbq('init', '200000000000002')
    })
    await waitFor('its settings to be asked for', () =>
      shopper.run(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('200000000000002'))),
    )
    await shopper.run(() => {
      const { fbq } = window as unknown as { fbq: (...call: unknown[]) => void }
      fbq('track', 'Contact')
    })
    await waitFor('the other pixel on the card', async () => {
      const card = await cardOf(owner, 'Meta')
      return card.includes('200000000000002') && card.includes('if it is yours, add a destination for it')
    })
    expect(await cardOf(owner, 'Meta')).toContain('Healthy')
    expect(await cardOf(owner, 'Snapchat')).not.toContain('Other pixel ID')
  })

  test('every view works before the real collector, and a blocked pixel is told', async () => {
    await owner.go(demo.liveUrl)
    await sees(owner, 'Waiting for the first event')
    await owner.choose(find.list('Break something at'), 'meta')
    await owner.press(find.button('Block its pixel'))
    await sees(owner, 'The pixel is blocked')
    const order = await buy(shopper, demo)
    await sees(owner, order)
    await waitFor('one that is not paired', () =>
      owner.run(() => document.querySelectorAll('.verdicts .badge.capi-only').length === 1),
    )
    await owner.press(find.button('Probe now: Reddit'))
    await waitFor('an answer', () => owner.run(() => document.getElementById('said')!.textContent !== ''))
    const headings: Readonly<Record<string, readonly (string | RegExp)[]>> = {
      Pairing: ['By event and destination', 'blocked'],
      Events: [/\d+ events/, order],
      'Match quality': [/\/ 10/, 'Purchase'],
      Errors: ['Errors'],
      'Dead letters': ['No dead letters'],
      Alerts: ['Send a test alert'],
      'Set-up': ['Checklist', 'Access tokens', 'The tag', 'Google Tag Manager', 'Reverse proxy'],
    }
    for (const [view, words] of Object.entries(headings)) {
      await owner.press(find.nav(view))
      await waitFor(view, () => owner.run((name) => document.querySelector('h1')?.textContent === name, view))
      await sees(owner, ...words)
    }
    await owner.press(find.button('Log out'))
    await sees(owner, 'Dashboard token')
    await owner.go(`${new URL(demo.liveUrl).origin}/admin#/events`)
    await sees(owner, 'Dashboard token')
  })
})
