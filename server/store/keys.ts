import { createHmac, hash, type KeyObject } from 'node:crypto'

/** Event IDs hold no control characters, so the last separator is never in doubt. */
export const eventKey = (site: string, name: string, eventId: string): Uint8Array =>
  hash('sha256', `${site}\0${name}\0${eventId}`, 'buffer').subarray(0, 16)

/** Order numbers are few and easy to guess, so a plain digest would not hide them. */
const secretKey = (secret: KeyObject, text: string): Buffer =>
  createHmac('sha256', secret).update(text).digest().subarray(0, 16)

export const orderKey = (secret: KeyObject, site: string, order: string): Uint8Array =>
  secretKey(secret, `order\0${site}\0${order}`)

export const reservationKey = (secret: KeyObject, key: string): Uint8Array => secretKey(secret, `send\0${key}`)

/** An order number as it rests among a copy's facts. */
export const orderFact = (secret: KeyObject, site: string, order: string): string =>
  secretKey(secret, `fact\0${site}\0${order}`).toString('hex')

/** A way to a visitor of the vault. */
export const handleKey = (secret: KeyObject, site: string, handle: string): Uint8Array =>
  secretKey(secret, `vault\0${site}\0${handle}`)

/** A name of somebody who is kept out after an erasure. */
export const erasedKey = (secret: KeyObject, site: string, name: string): Buffer =>
  secretKey(secret, `erased\0${site}\0${name}`)

/** A visitor of our cookie, as it rests. */
export const visitorKey = (secret: KeyObject, site: string, visitor: string): Uint8Array =>
  secretKey(secret, `visitor\0${site}\0${visitor}`)
