import type { Call, Commands, EarlyCalls, Pairpixel, Props, TrackOptions, User } from './api.ts'

/** One item of a basket, an order or a list. */
export interface EventItem {
  /** The article's number, as in the catalogue the platforms know. */
  readonly id?: string | number
  readonly name?: string
  readonly category?: string
  readonly brand?: string
  readonly quantity?: string | number
  /** Of one piece, in whole units of the event's currency. */
  readonly price?: string | number
}

/** What any event may say beside properties of its own. */
export interface EventProps extends Props {
  /** In whole units of the currency: 12.5 for twelve and a half euros. */
  readonly value?: string | number
  /** Three letters: `EUR`. None is ever guessed. */
  readonly currency?: string
  readonly items?: readonly EventItem[]
  /** Who the visitor is, for this event alone. */
  readonly user?: User
}
export interface OrderProps extends EventProps {
  /** The order's number: the event's ID where a call gives none. */
  readonly order_id?: string | number
}
export interface SearchProps extends EventProps {
  /** What was searched for. */
  readonly search_string?: string
}

/** The standard events by their canonical names, and what they may say. */
export interface StandardEvents {
  readonly page_view: EventProps
  readonly view_item: EventProps
  readonly view_item_list: EventProps
  readonly search: SearchProps
  readonly add_to_cart: EventProps
  readonly add_to_wishlist: EventProps
  readonly begin_checkout: EventProps
  readonly add_payment_info: EventProps
  readonly purchase: OrderProps
  readonly sign_up: EventProps
  readonly generate_lead: EventProps
  readonly login: EventProps
  readonly share: EventProps
  readonly subscribe: OrderProps
  readonly start_trial: OrderProps
  readonly contact: EventProps
  readonly schedule: EventProps
  readonly find_location: EventProps
  readonly submit_application: EventProps
  readonly customize_product: EventProps
  readonly donate: OrderProps
  readonly complete_tutorial: EventProps
}

/** Any name, with any properties: what `createPixel` takes when no map of events is given. */
export type AnyEvents = Readonly<Record<string, Props>>

/** The names a map spells out, without `string` itself. */
type SpelledOut<Own> = keyof { [Name in keyof Own as string extends Name ? never : Name]: 0 } & string

/** Names that may be told: the standard ones, those of the map, and any where the map takes any. */
export type EventName<Own> = keyof StandardEvents | SpelledOut<Own> | (string extends keyof Own ? string & {} : never)

/** What an event of this name may say. The map goes before the standard. */
export type PropsOf<Own, Name> =
  Name extends SpelledOut<Own> ? Own[Name] : Name extends keyof StandardEvents ? StandardEvents[Name] : Props

/** Tells of an event; the answer is its ID, undefined only when nothing could be done. */
type Track<Own> = <Name extends EventName<Own>>(
  name: Name,
  props?: PropsOf<Own, Name>,
  options?: TrackOptions,
) => string | undefined

/** The global function as `createPixel` answers it: names and properties are checked by the map of events. */
export interface PixelOf<Own extends object = AnyEvents> extends Omit<Commands, 'track' | 'page'> {
  <Name extends EventName<Own>>(
    command: 'track',
    name: Name,
    props?: PropsOf<Own, Name>,
    options?: TrackOptions,
  ): string | undefined
  (...call: Exclude<Call, ['track', ...unknown[]]>): string | undefined
  readonly track: Track<Own>
  page(props?: PropsOf<Own, 'page_view'>, options?: TrackOptions): string | undefined
  q?: EarlyCalls
  kit?: Pairpixel['kit']
}
