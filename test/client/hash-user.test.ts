import { createHash, webcrypto } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import hashUser from '../../client/features/hash-user.ts'
import retry from '../../client/features/retry.ts'
import { redditKey } from '../../server/match-keys/reddit.ts'
import { closePage, leavePage, newPage, posted, postedEvents, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const digest = 'A1'.repeat(32)

test('an address leaves as two digests, and nothing in clear', async () => {
  const pixel = start({ features: [hashUser] })
  pixel.identify({ email: ' Ada.L+news@B.example ', phone: '+15550100', first_name: 'Ada', external_id: 'u1' })
  pixel.track('Lead', { user: { city: 'Paris' } })
  await settle()
  expect(postedEvents().map(({ user }) => user)).toEqual([
    { email: [sha256('ada.l+news@b.example')], email_reddit: [sha256('adal@b.example')] },
  ])
  expect(posted[0]?.text).not.toMatch(/ada\.l|15550100|\bAda\b|Paris|"u1"/i)
})

test('Reddit’s form is the collector’s', async () => {
  const emails = ['A.b-C+d@X.example', 'plain@x.example', 'a_1+2+3@x.example', "o'neil@x.example"]
  const pixel = start({ features: [hashUser] })
  pixel.identify({ email: emails })
  pixel.track('Lead')
  await settle()
  expect((postedEvents()[0]?.user as { email_reddit: string[] }).email_reddit).toEqual(
    emails.map((email) => redditKey('email', email, { year: 2026 }).hash),
  )
})

test.each<[string, Record<string, unknown>, object | undefined]>([
  ['digests pass as they are', { email: digest, phone: [digest, '5550100'] }, { email: [digest], phone: [digest] }],
  ['what is no address goes nowhere', { email: 'nobody' }, undefined],
  [
    'several addresses',
    { email: ['a@b.example', digest] },
    { email: [digest, sha256('a@b.example')], email_reddit: [sha256('a@b.example')] },
  ],
  ['nobody', {}, undefined],
])('%s', async (_name, user, expected) => {
  const pixel = start({ features: [hashUser] })
  pixel.identify(user)
  pixel.track('Lead')
  await settle()
  expect(postedEvents().map((event) => event.user)).toEqual([expected])
})

test('a page that goes does not wait, and leaves the address behind', () => {
  const pixel = start({ features: [hashUser] })
  pixel.identify({ email: 'a@b.example' })
  pixel.track('Lead', {}, { id: 'l1' })
  leavePage()
  expect(posted.map(({ by }) => by)).toEqual(['beacon'])
  expect(postedEvents().map(({ event_id, user }) => [event_id, user])).toEqual([['l1', undefined]])
})

test('what was hashed before goes with a page that goes', async () => {
  const pixel = start({ features: [hashUser] })
  pixel.identify({ email: 'a@b.example' })
  pixel.track('Lead')
  await settle()
  pixel.page()
  leavePage()
  expect(postedEvents().map(({ user }) => (user as { email: string[] }).email)).toEqual([
    [sha256('a@b.example')],
    [sha256('a@b.example')],
  ])
})

test('where nothing can be hashed, events go without match keys', async () => {
  vi.stubGlobal('crypto', { getRandomValues: webcrypto.getRandomValues.bind(webcrypto) })
  const pixel = start({ features: [hashUser] })
  pixel.identify({ email: 'a@b.example' })
  pixel.track('Lead', {}, { id: 'l1' })
  await settle()
  expect(postedEvents().map(({ event_id, user }) => [event_id, user])).toEqual([['l1', undefined]])
})

test('beside the retry store', async () => {
  const pixel = start({ features: [hashUser, retry] })
  pixel.identify({ email: 'a@b.example' })
  pixel.track('Lead', {}, { id: 'l1' })
  await settle()
  expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  expect(postedEvents()[0]?.user).toMatchObject({ email: [sha256('a@b.example')] })
})
