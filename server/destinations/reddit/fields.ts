import type { StoredEvent } from '../../../shared/event.ts'
import type { InstanceSettings } from '../destination.ts'
import { cut, plainText, pruned, type Warn } from '../wire.ts'
import { customNameChars, screenSide } from './rules.ts'

/** Case and spaces inside stay; Reddit refuses a longer one. */
export const customEventName = (name: unknown): string | undefined => {
  const text = plainText(name)
  return text && cut(text, customNameChars)
}

/** Both sides or neither, in whole pixels. */
export function screenDimensions({ context }: StoredEvent, warn: Warn): { width: number; height: number } | undefined {
  const { screen_width: wide, screen_height: high } = context ?? {}
  if (wide === undefined || high === undefined) return undefined
  const [width, height] = [Math.round(wide), Math.round(high)]
  const fits = [width, height].every((side) => side >= screenSide.least && side <= screenSide.most)
  return fits ? { width, height } : warn('context.screen_width', 'The screen’s size is out of range; it is left out.')
}

/** `{ modes: ['LDU'], country, region }` of the event or the setting; the visitor’s limit sets the mode by itself. */
export function processingOptions(event: StoredEvent, setting: unknown): object | undefined {
  const given = event.platform?.reddit?.data_processing_options ?? setting
  const isPlain = typeof given === 'string' || Array.isArray(given)
  const { modes, country, region } = (isPlain ? { modes: given } : (given ?? {})) as Record<string, unknown>
  const isLimited = event.consent?.limited || (Array.isArray(modes) ? modes.includes('LDU') : modes === 'LDU')
  return isLimited ? pruned({ modes: ['LDU'], country: plainText(country), region: plainText(region) }) : undefined
}

/** Products need an ID; their quantity and price are known to v3 only. */
export function products({ items = [] }: StoredEvent, isV3: boolean, warn: Warn): readonly object[] {
  const known = items.filter(({ id }) => plainText(id))
  if (known.length < items.length) warn('items', 'Items without an ID are left out of the products.')
  return known.map(({ id, name, category, quantity, price }) => ({
    ...pruned({ id: plainText(id), name: plainText(name), category: plainText(category) }),
    ...(isV3 && quantity !== undefined && Number.isInteger(quantity) && quantity >= 0 && { quantity }),
    ...(isV3 && price !== undefined && price >= 0 && { item_price: price }),
  }))
}

/** All units; an item that says none, or a part of one, is one. */
export const itemCount = ({ items = [] }: StoredEvent): number | undefined =>
  items.length
    ? items.reduce((sum, { quantity = 1 }) => sum + (Number.isInteger(quantity) && quantity >= 0 ? quantity : 1), 0)
    : undefined

export const isV3 = ({ api_version: version = 'v3' }: InstanceSettings): boolean => !/^v?2/.test(version.trim())
