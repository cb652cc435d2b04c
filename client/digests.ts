import { hexOf } from '../shared/uuid.ts'
import type { User } from './api.ts'

type Values = readonly unknown[]

/** A SHA-256 in hex, which is what platforms and collector take for hashed already. */
export const isDigest = (value: unknown): boolean => /^[\da-f]{64}$/i.test(String(value).trim())

/** As Meta and Snapchat want an address before hashing. */
const forMost = (email: string): string => email.trim().toLowerCase()
/** As Reddit wants it: letters and digits alone before the `@`, nothing from a `+` on. */
const forReddit = (email: string): string =>
  forMost(email).replace(/^[^@]*/, (local) => local.replace(/\+.*/, '').replace(/[^a-z\d]/g, ''))

const plainEmails = (user: User | undefined): string[] =>
  ([user?.email].flat() as Values).map(String).filter((email) => /^\s*[^\s@]+@[^\s@]+\s*$/.test(email))

/** Hashed forms of what visitors say of themselves. */
export interface Digests {
  /** Begins to hash the addresses among these fields. */
  readonly learn: (user: User | undefined) => void
  /** What is under way; none of it rejects. */
  readonly making: ReadonlySet<Promise<void>>
  /**
   * The fields in hashed form: addresses once in each form that a platform asks for, as far as they are made; of all
   * else what is a digest already, for the platforms write numbers and names differently before they hash them.
   */
  readonly hashed: (user: User | undefined) => User
}

/** Hashes in the browser, which only secure contexts can: elsewhere no digest is ever made. */
export function createDigests(): Digests {
  /** Text → its digest, '' until it is made. */
  const digests = new Map<string, string>()
  const making = new Set<Promise<void>>()

  const make = async (text: string): Promise<void> => {
    digests.set(text, '')
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    digests.set(text, hexOf(new Uint8Array(bytes)))
  }
  return {
    making,
    learn(user) {
      for (const text of plainEmails(user).flatMap((email) => [forMost(email), forReddit(email)]))
        if (!digests.has(text)) {
          const made = make(text).catch(() => undefined)
          making.add(made)
          void made.then(() => making.delete(made))
        }
    },
    hashed(user) {
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
    },
  }
}
