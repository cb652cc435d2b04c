import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '../shared/limits.ts'
import { isObject } from '../shared/parse-field.ts'
import { PairpixelError } from '../shared/errors.ts'
import { readBody, type Refusal } from './collect/read-body.ts'
import { readJson } from './collect/read-json.ts'
import { refuse, reply } from './collect/reply.ts'
import { protect } from './match-keys/protect.ts'
import type { Site } from './site.ts'
import { allNames, type Erased, type Person } from './store/people.ts'
import type { Store } from './store/store.ts'

/** What names a person or an event in a request for erasure, as it is spelled there. */
export const erasureFields = ['email', 'phone', 'external_id', 'order_id', 'event_id', 'visitor'] as const
export type ErasureField = (typeof erasureFields)[number]
export type Asked = Partial<Record<ErasureField, readonly string[]>>

/** Somebody who asks for more is no single person. */
const mostValues = 100

/** The field of an event that holds what a field of a request names. */
const kinds = { order_id: 'order', event_id: 'event', visitor: 'visitor' } as const

/**
 * Plain or hashed identifiers → whom an erasure is about, in every form in which the site's events may name them; or what
 * cannot be read, a sentence each. Values are in no sentence.
 */
export function personOf(
  site: Site,
  asked: Asked,
): { readonly person: Person } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const names: string[] = []
  for (const field of ['email', 'phone', 'external_id'] as const)
    for (const value of asked[field] ?? []) {
      const found = keyNamesOf(site, field, value)
      if (!found.length) faults.push(`${field} has a value that no event could name a person by.`)
      names.push(...found)
    }
  for (const [field, kind] of Object.entries(kinds) as [keyof typeof kinds, string][])
    for (const value of asked[field] ?? []) {
      // Of the cookie `_pps`, whose first part is the visitor's ID, all may be given.
      const text = field === 'visitor' ? value.trim().replace(/\..*$/s, '') : value.trim()
      if (text) names.push(`${kind}:${text}`)
      else faults.push(`${field} is empty.`)
    }
  if (!names.length && !faults.length) faults.push(`Nobody is named: use ${erasureFields.join(', ')}.`)
  return faults.length ? { faults } : { person: { site: site.key, names: [...new Set(names)] } }
}

/** As `protect` would leave them in an event of this site. */
function keyNamesOf(site: Site, field: 'email' | 'phone' | 'external_id', value: string): string[] {
  const event = { event: 'erasure', event_id: '-', event_time: 0, user: { [field]: [value] } }
  const around = { default_country: site.defaultCountry, calling_codes: site.callingCodes }
  return allNames(protect(event, around).event.keys)
}

/** JSON body → what it asks for; a sentence where it is not to be read. What is not understood is never passed over. */
export function readAsked(body: unknown): Asked | string {
  if (!isObject(body)) return 'The body is no object.'
  const unknown = Object.keys(body).find((key) => !erasureFields.some((field) => field === key))
  if (unknown !== undefined) return `A field is none of ${erasureFields.join(', ')}.`
  const asked: Partial<Record<ErasureField, readonly string[]>> = {}
  for (const field of erasureFields) {
    const value = body[field]
    if (value === undefined || value === null) continue
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!list.every((one) => typeof one === 'string' || typeof one === 'number')) return `${field} is no text.`
    if (list.length > mostValues) return `${field} has more than ${mostValues} values.`
    asked[field] = list.map(String)
  }
  return asked
}

/** The receipt, as the route answers it. */
export const receiptOf = ({ events, cancelled, mayHaveLeft, sentBefore, visitors }: Erased) => ({
  events,
  cancelled,
  may_have_left: mayHaveLeft,
  sent_before: sentBefore,
  visitors,
})

export interface ErasureDeps {
  readonly store: Pick<Store, 'erase'>
  readonly siteOf: (authorization: string | undefined) => Site | undefined
  readonly now: () => number
  /** What this process has in mind of visitors goes too. */
  readonly forgetAll: () => void
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

const wrongShape = (message: string): Refusal => ({ status: 400, code: 'BODY_WRONG_SHAPE', message })

/** `DELETE /v1/people`: answers once all of it is done, with a receipt. */
export function createErasure({ store, siteOf, now, forgetAll, log }: ErasureDeps) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const site = siteOf(request.headers.authorization)
    if (!site) {
      request.resume()
      const message = 'The bearer key is missing or none of the configured server keys.'
      return refuse(response, { status: 401, code: 'SERVER_KEY_REFUSED', message })
    }
    const body = await readBody(request, limits.browserBodyBytes)
    if ('refusal' in body) return refuse(response, body.refusal)
    const json = readJson(body.text)
    if ('refusal' in json) return refuse(response, json.refusal)
    const asked = readAsked(json.value)
    if (typeof asked === 'string') return refuse(response, wrongShape(asked))
    const found = personOf(site, asked)
    if ('faults' in found) return refuse(response, wrongShape(found.faults.join(' ')))
    try {
      const receipt = receiptOf(await store.erase(found.person, now()))
      forgetAll()
      log({ message: 'A person was erased.', site: site.key, ...receipt })
      reply(response, 200, { erased: receipt })
    } catch (error) {
      if (!(error instanceof PairpixelError) || error.code !== 'STORE_UNAVAILABLE') throw error
      const message = 'The store is away; ask again later: what was done stays done.'
      refuse(response, { status: 503, code: 'STORE_UNAVAILABLE', message }, { 'Retry-After': '5' })
    }
  }
}
