import type { Item, StoredEvent } from '../../../shared/event.ts'
import { cut, plainText, pruned, type Warn } from '../wire.ts'
import { customNameChars, mostCount, screenSide } from './rules.ts'

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

/** An address, whole: of a page, or of an app that somebody came from. One field of the wrong kind sinks a batch. */
export function address(text: string | undefined, field: string, warn: Warn): string | undefined {
  const url = plainText(text)
  const isWhole = !url || (/^(https?|(android|ios)-app):\/\//i.test(url) && URL.canParse(url))
  return isWhole ? url : warn(field, 'It is no whole web address; it is left out.')
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= mostCount

/** Products need an ID; their quantity and price are known to v3 only. */
export function products({ items = [] }: StoredEvent, isV3: boolean, warn: Warn): readonly object[] {
  const known = items.filter(({ id }) => plainText(id))
  if (known.length < items.length) warn('items', 'Items without an ID are left out of the products.')
  if (isV3) warnOfNumbers(known, warn)
  return known.map(({ id, name, category, quantity, price }) => ({
    ...pruned({ id: plainText(id), name: plainText(name), category: plainText(category) }),
    ...(isV3 && quantity !== undefined && isCount(quantity) && { quantity }),
    ...(isV3 && price !== undefined && price >= 0 && { item_price: price }),
  }))
}

/** Once for all items, so that a long cart does not fill the page. */
function warnOfNumbers(items: readonly Item[], warn: Warn): void {
  if (items.some(({ quantity = 1 }) => !isCount(quantity)))
    warn('items', 'A quantity that is no whole number is left out, and counts as one unit.')
  if (items.some(({ price = 0 }) => price < 0)) warn('items', 'A negative price is left out.')
}

/** What the sender counted, else all units; an item that says none, or a part of one, is one. */
export function itemCount({ items = [] }: StoredEvent, counted: unknown, warn: Warn): unknown {
  if (counted !== undefined || !items.length) return counted
  const sum = items.reduce((units, { quantity = 1 }) => units + (isCount(quantity) ? quantity : 1), 0)
  return isCount(sum) ? sum : warn('items', 'There are more units than Reddit counts; their number is left out.')
}
