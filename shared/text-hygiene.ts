import type { Item, PixelEvent } from './event.ts'
import { isRedacted, withoutEmails } from './url-hygiene.ts'

/** A number as people write it for the whole world: `+` and 8 to 15 digits. Others cannot be told from order numbers. */
const phone = /\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g

const withoutPhones = (text: string): string => (text.includes('+') ? text.replace(phone, 'redacted') : text)

/** Text without what is plainly somebody's e-mail address or phone number. */
export const cleanText = (text: string): string => withoutPhones(withoutEmails(text))

/**
 * Every text in a value, to any depth the door lets in; members named like a secret or a match key lose their value.
 * @param more names that this site denies as well, in lower case
 */
export function cleanValue(value: unknown, more?: readonly string[]): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map((entry) => cleanValue(entry, more))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, isRedacted(name, more) ? 'redacted' : cleanValue(entry, more)]),
  )
}

const itemTexts = ['id', 'name', 'category', 'brand'] as const

/** The same item where there is nothing to clean, as in nearly all. */
function cleanItem(item: Item): Item {
  let cleaned = item
  for (const field of itemTexts) {
    const text = item[field]
    const clean = text && cleanText(text)
    if (clean !== text) cleaned = { ...cleaned, [field]: clean }
  }
  return cleaned
}

/**
 * An event whose free text names nobody: people's data belongs in `user`, where it is hashed.
 * @param more names of members that this site denies as well, in lower case
 */
export function cleanEvent(event: PixelEvent, more?: readonly string[]): PixelEvent {
  const { title, search_string: search, items, platform, props } = event
  return {
    ...event,
    title: title && cleanText(title),
    search_string: search && cleanText(search),
    items: items?.map(cleanItem),
    // The shapes stay what they were; only texts inside them change.
    platform: platform && (cleanValue(platform, more) as typeof platform),
    props: props && (cleanValue(props, more) as typeof props),
  }
}
