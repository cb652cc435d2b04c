import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { PlatformName } from '../../../shared/names.ts'
import { keptBy, settle, track, until, type Row, type Scene } from './row.ts'
import { platforms } from './site.ts'
import { inline, init, load, stub } from './snippets.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const email = 'Ada.L@B.example'
const digests = { email: [sha256('ada.l@b.example')], email_reddit: [sha256('adal@b.example')] }
const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR' } }

const identify = (user: Record<string, string>) => window.pairpixel?.identify(user)
const isKept = async ({ tab }: Scene): Promise<boolean> => (await keptBy(tab)).local!.includes('_ppu')
/** Who the collector was told that the visitor of the newest event is. */
const userOf = async ({ site }: Scene, name: string) => {
  await until(`an event ${name}`, () => site.events(name).length)
  return site.events(name).at(-1)?.user
}

/** Said on one page, hashed on the next; taken back by a no. */
const remembered: Row[1] = async (scene) => {
  const { site, tab } = scene
  const page = (name: string) => tab.go(site.addPage(name, { head: site.tag() }))
  await page('account')
  await tab.run(identify, { email, phone: '+1 202 555 0100' })
  await tab.run(track, { name: 'lead' })
  expect(await isKept(scene)).toBe(false)
  await tab.run(() => window.pairpixel?.consent('granted'))
  await until('what is kept', () => isKept(scene))
  await settle(scene)
  expect(await userOf(scene, 'generate_lead')).toEqual({ email: [email], phone: ['+1 202 555 0100'] })
  await page('thanks')
  await tab.run(() => window.pairpixel?.consent('granted'))
  await tab.run(track, order)
  await settle(scene)
  expect(await userOf(scene, 'purchase')).toEqual(digests)
  await tab.run(() => window.pairpixel?.consent('denied'))
  await until('that nothing is kept', async () => !(await isKept(scene)))
  await page('later')
  await tab.run(() => window.pairpixel?.consent('granted'))
  await tab.run(track, { name: 'search' })
  await settle(scene)
  expect(await userOf(scene, 'search')).toBeUndefined()
  expect(site.events('search')).toHaveLength(1)
}

const signedOut: Row[1] = async (scene) => {
  const { site, tab } = scene
  const page = (name: string) => tab.go(site.addPage(name, { head: site.tag() }))
  await page('account')
  await tab.run(identify, { email })
  await until('what is kept', () => isKept(scene))
  await page('bye')
  await tab.run(identify, { email: '' })
  await until('that nothing is kept', async () => !(await isKept(scene)))
  await tab.run(track, order)
  await settle(scene)
  expect(await userOf(scene, 'purchase')).toBeUndefined()
}

/** What a hit shows of the visitor. */
const seen = {
  meta: { 'ud[em]': sha256('ada.l@b.example') },
  reddit: { em: sha256('adal@b.example') },
  snapchat: { u_hem: sha256('ada.l@b.example') },
}
const shown = (fields: object = {}) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => /^(ud\[|em$|external_id$|u_h)/.test(name)))

/** The page's own snippets, and a yes after `identify`: each platform's hit bears the digest. */
const told: Row[1] = async (scene) => {
  const { site, tab } = scene
  const snippets = platforms.map((name) => inline(stub(name) + init(name)))
  const libraries = platforms.map((name) => load(site, name))
  await tab.go(site.addPage('thanks', { head: [...snippets, site.tag(), ...libraries].join('') }))
  const hitsOf = (name: PlatformName) =>
    site.platforms[name].state().hits.filter(({ event }) => /^purchase$/i.test(event))
  await tab.run(identify, { email })
  // The page's own call, before the yes: nobody was told yet.
  await tab.run(() => (window as unknown as { rdt(...call: unknown[]): void }).rdt('track', 'Lead', {}))
  await tab.run(() => window.pairpixel?.consent('granted'))
  await tab.run(track, order)
  for (const name of platforms) {
    await until(`the hit at ${name}`, () => hitsOf(name)[0])
    expect([name, hitsOf(name).map(({ fields }) => shown(fields))]).toEqual([name, [seen[name]]])
  }
  const lead = await until('the hit of before the yes', () =>
    site.platforms.reddit.state().hits.find(({ event }) => event === 'LEAD'),
  )
  expect(shown(lead.fields)).toEqual({})
}

export const userData: readonly Row[] = [
  [
    'an address said on one page joins the next page’s order, hashed; a no removes it',
    remembered,
    { consent: 'wait', pixel: { remember: true } },
  ],
  ['an address taken back is not remembered', signedOut, { pixel: { remember: true } }],
  [
    'the platforms’ own pixels are told who the visitor is, hashed on their hits',
    told,
    { consent: 'wait', pixel: { match: true } },
  ],
]
