import type { Reads } from '../shapes.ts'

/** Names for the parts of what the API answers. Types alone: nothing of the server comes into the page. */
export type Row = Reads['events'][number]
export type Copy = Row['copies'][number]
export type Delivery = Row['deliveries'][number]
export type DeliveryState = Delivery['state']
export type PairState = Delivery['pair']['state']
export type Field = Delivery['fields'][number]
export type Overview = Reads['overview']
export type Card = Overview['instances'][number]
export type Notice = Card['notices'][number]
export type Totals = Overview['totals']

export const keyOf = (row: { readonly site: string; readonly name: string; readonly eventId: string }): string =>
  JSON.stringify([row.site, row.name, row.eventId])
