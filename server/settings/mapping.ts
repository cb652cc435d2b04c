import * as z from 'zod'
import type { Condition, Rule } from '../../shared/mapping.ts'
import { canonicalName } from '../../shared/names.ts'
import type { Destination } from '../destinations/destination.ts'

/** What an operator maps by hand at one destination, as the file says it (docs/destinations.md, Mapping by hand). */

const name = z.string().trim().min(1, 'is empty').max(256, 'is longer than 256 characters')
const names = z.array(name).min(1, 'is an empty list: to send nothing, set enabled to false')
const plain = z.union([z.string(), z.number(), z.boolean()], 'is neither text, a number, true nor false')

/** What both page and collector know of an event; match keys, cookies and addresses are not to be mapped from. */
const known = 'event|event_id|value|currency|order_id|search_string|url|referrer|title'
const measured = 'context\\.(?:screen_width|screen_height|pixel_ratio|language)'
const props = 'props(?:\\.[A-Za-z0-9_ -]{1,64}){1,4}'
const path = (pattern: string, hint: string) => z.string().regex(new RegExp(`^(?:${pattern})$`), `is none of ${hint}`)

const condition = z
  .strictObject({
    field: path(
      `event|value|currency|order_id|search_string|url|${props}`,
      'event, value, currency, order_id, search_string, url, props.NAME',
    ),
    is: plain.optional(),
    in: z.array(plain).min(1, 'is an empty list').optional(),
    not_in: z.array(plain).min(1, 'is an empty list').optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine((given) => Object.keys(given).length > 1, 'says nothing about the field: add is, in, not_in, min or max')
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'has a min above its max')

const target = path(
  'value|currency|order_id|search_string|(?:custom|platform)\\.[A-Za-z][A-Za-z0-9_]{0,63}',
  'value, currency, order_id, search_string, custom.NAME, platform.NAME',
)
const source = z.union([
  path(`${known}|${measured}|${props}`, 'an event’s field or props.NAME'),
  z.strictObject({ value: plain }),
])

const rule = z
  .strictObject({
    when: z.array(condition).default([]),
    name: name.optional(),
    skip: z.literal(true).optional(),
    set: z.record(target, source).optional(),
  })
  .refine(({ name, skip, set }) => name !== undefined || skip || set, 'does nothing: add name, skip or set')
  .refine(({ name, skip }) => !(name !== undefined && skip), 'has a name and skip at once')

export const mappingKeys = {
  events: z.union([names, z.strictObject({ only: names.optional(), except: names.optional() })]).optional(),
  rename: z.record(name, name).optional(),
  map: z.array(rule).max(100, 'has more than 100 rules').optional(),
}
/** Of a destination's settings, its mapping alone. */
export const mappingShape = z.object(mappingKeys)
export type MappingInput = z.output<typeof mappingShape>

const isEvent = (key: 'in' | 'not_in', list: readonly string[]): Condition => ({
  field: 'event',
  [key]: list.map(canonicalName),
})

/** One list of rules: the filter first, then conditions in their order, then plain renames. Names become canonical. */
export function rulesOf({ events, rename = {}, map = [] }: MappingInput): readonly Rule[] {
  const { only, except } = Array.isArray(events) ? { only: events, except: undefined } : (events ?? {})
  return [
    ...(only ? [{ when: [isEvent('not_in', only)], skip: true as const }] : []),
    ...(except ? [{ when: [isEvent('in', except)], skip: true as const }] : []),
    ...map.map(({ when, name: as, skip, set }): Rule => ({
      when: when.map(canonicalCondition),
      ...(as !== undefined && { name: as }),
      ...(skip && { skip }),
      ...(set && {
        set: Object.fromEntries(
          Object.entries(set).map(([to, from]) => [to, typeof from === 'string' ? { from } : from]),
        ),
      }),
    })),
    ...Object.entries(rename).map(([from, to]): Rule => ({ when: [isEvent('in', [from])], name: to })),
  ]
}

function canonicalCondition({ field, is, in: among, not_in: excluded, min, max }: Condition): Condition {
  const word = <Value>(value: Value) => (field === 'event' && typeof value === 'string' ? canonicalName(value) : value)
  return {
    field,
    ...(is !== undefined && { is: word(is) }),
    ...(among && { in: among.map(word) }),
    ...(excluded && { not_in: excluded.map(word) }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}

/** What a platform's own rules say against a mapping: names it does not take, fields it has no place for. */
export function mappingFaults(
  place: string,
  { rename = {}, map = [] }: MappingInput,
  destination: Destination,
): string[] {
  const targets = [
    ...Object.entries(rename).map(([from, to]) => [`${place}.rename.${from}`, to] as const),
    ...map.flatMap(({ name: to }, index) => (to === undefined ? [] : [[`${place}.map.${index}.name`, to] as const])),
  ]
  return [
    ...targets
      .filter(([, to]) => destination.nameOf(to) === undefined)
      .map(([at, to]) => `${at} is ${to}, which is no event name at ${destination.name}`),
    ...map.flatMap(({ set = {} }, index) =>
      destination.takesCustomFields
        ? []
        : Object.keys(set)
            .filter((to) => to.startsWith('custom.'))
            .map((to) => `${place}.map.${index}.set.${to}: ${destination.name} has no place for fields of one’s own`),
    ),
  ]
}
