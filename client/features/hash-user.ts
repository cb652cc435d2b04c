import { hexOf } from '../../shared/uuid.ts'
import type { User } from '../api.ts'
import type { Feature } from '../kit.ts'
import { attempt } from '../safe.ts'
import type { WireBatch } from '../wire.ts'

type Values = readonly unknown[]

const isDigest = (value: unknown): boolean => /^[\da-f]{64}$/i.test(String(value).trim())

/** As Meta and Snapchat want an address before hashing. */
const forMost = (email: string): string => email.trim().toLowerCase()
/** As Reddit wants it: letters and digits alone before the `@`, nothing from a `+` on. */
const forReddit = (email: string): string =>
  forMost(email).replace(/^[^@]*/, (local) => local.replace(/\+.*/, '').replace(/[^a-z\d]/g, ''))

/**
 * Hashes e-mail addresses before they leave the page, once in each form that a platform asks for. Of all else only what
 * is a digest already goes: the platforms write numbers and names differently before they hash them, so that no one
 * digest made here would serve them all. A page that goes does not wait; what is not hashed by then stays behind.
 */
const hashUser: Feature = (kit) => {
  /** Text → its digest, '' until it is made. */
  const digests = new Map<string, string>()
  const making = new Set<Promise<void>>()

  const make = async (text: string): Promise<void> => {
    digests.set(text, '')
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    digests.set(text, hexOf(new Uint8Array(bytes)))
  }
  const plainEmails = (user: User | undefined): string[] =>
    ([user?.email].flat() as Values).map(String).filter((email) => /^\s*[^\s@]+@[^\s@]+\s*$/.test(email))

  const learn = (user: User | undefined): void => {
    for (const text of plainEmails(user).flatMap((email) => [forMost(email), forReddit(email)]))
      if (!digests.has(text)) {
        const made = make(text).catch(() => undefined)
        making.add(made)
        void made.then(() => making.delete(made))
      }
  }
  const hashed = (user: User | undefined): User => {
    const plain = plainEmails(user)
    const given = Object.entries(user ?? {}).map(
      ([field, value]) => [field, ([value].flat() as Values).filter(isDigest) as string[]] as const,
    )
    const found: Record<string, string[]> = Object.fromEntries(given)
    const add = (field: string, form: (email: string) => string): void => {
      found[field] = [...(found[field] ?? []), ...plain.flatMap((email) => digests.get(form(email)) || [])]
    }
    add('email', forMost)
    add('email_reddit', forReddit)
    return Object.fromEntries(Object.entries(found).filter(([, values]) => values[0]))
  }

  const { takeEvent, postBatch } = kit
  kit.takeEvent = (event, only) => {
    attempt(() => learn(event.user))
    takeEvent(event, only)
  }
  kit.postBatch = (batch: WireBatch, leaving) => {
    const post = () =>
      postBatch({ ...batch, events: batch.events?.map((event) => ({ ...event, user: hashed(event.user) })) }, leaving)
    return leaving || !making.size ? post() : Promise.all(making).then(post)
  }
}

export default hashUser
