import type { EventFacts } from './event.ts'

/** A field of an event as settings name it: `value`, `props.plan`. */
export type FieldPath = string
type Plain = string | number | boolean

/** One test of one field: all members that are there must hold. `min` and `max` belong to the range. */
export interface Condition {
  readonly field: FieldPath
  readonly is?: Plain
  readonly in?: readonly Plain[]
  /** None of these. */
  readonly not_in?: readonly Plain[]
  readonly min?: number
  readonly max?: number
}

/** What an operator maps by hand. The first rule whose conditions all hold and that names or skips decides the name. */
export interface Rule {
  readonly when: readonly Condition[]
  /** The event's name at this platform. */
  readonly name?: string
  /** This destination does not get the event. */
  readonly skip?: true
  /** Field → where its value comes from, or the value itself; applied by the collector only. */
  readonly set?: Readonly<Record<FieldPath, { readonly from: FieldPath } | { readonly value: Plain }>>
}

/** An event, on the page or at the collector: conditions look at what both know alike. */
export type Facts = Pick<EventFacts, 'event'>

/** A field by its path; undefined where a part of the way is missing. */
export const readPath = (event: Facts, path: FieldPath): unknown =>
  path
    .split('.')
    .reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined | null)?.[key], event)

/** Numbers as numbers, text without white space around it; an object is like nothing. */
const sameAs = (one: Plain, value: unknown): boolean =>
  typeof value !== 'object' &&
  (`${one}`.trim() === `${value as Plain}`.trim() ||
    (typeof one === 'number' && `${value as Plain}`.trim() !== '' && Number(value) === one))

/** Letter for letter as text; a range counts as numbers. An absent field holds in `not_in` alone. */
export function holds({ field, is, in: among, not_in: excluded, min, max }: Condition, event: Facts): boolean {
  const value = readPath(event, field)
  const isOneOf = (list: readonly Plain[]) => list.some((one) => sameAs(one, value))
  if (excluded && isOneOf(excluded)) return false
  if (is === undefined && !among && min === undefined && max === undefined) return true
  if (value === undefined || value === null || value === '' || typeof value === 'object') return false
  if ((is !== undefined && !isOneOf([is])) || (among && !isOneOf(among))) return false
  const number = Number(value)
  return (min === undefined || number >= min) && (max === undefined || number <= max)
}

/** The rules whose conditions all hold. */
export const rulesFor = <Some extends Pick<Rule, 'when'>>(rules: readonly Some[], event: Facts): readonly Some[] =>
  rules.filter(({ when }) => when.every((condition) => holds(condition, event)))
