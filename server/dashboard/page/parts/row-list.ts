interface Drawn {
  readonly of: unknown
  readonly item: HTMLElement
}
const drawnIn = new WeakMap<Element, Map<string, Drawn>>()

/**
 * Puts the items of a long list in order and draws only those whose row is another object than before, so that scroll
 * and focus stay and 500 rows cost no more than the ones that changed.
 */
export function placeRows<T>(
  list: Element,
  rows: readonly T[],
  keyOf: (row: T) => string,
  draw: (row: T) => HTMLElement,
): void {
  const before = drawnIn.get(list) ?? new Map<string, Drawn>()
  const now = new Map<string, Drawn>()
  const focusedKey = [...before].find(([, { item }]) => item.contains(document.activeElement))?.[0]
  let last: Element | undefined
  for (const row of rows) {
    const key = keyOf(row)
    const old = before.get(key)
    const item = old?.of === row ? old.item : draw(row)
    if (!old && before.size) item.classList.add('new')
    now.set(key, { of: row, item })
    const place: Element | null = last ? last.nextElementSibling : list.firstElementChild
    if (place !== item) list.insertBefore(item, place)
    last = item
  }
  for (const [key, { item }] of before) if (now.get(key)?.item !== item) item.remove()
  drawnIn.set(list, now)
  const focused = focusedKey === undefined ? undefined : now.get(focusedKey)?.item
  if (focused && !focused.contains(document.activeElement)) focused.querySelector('a')?.focus({ preventScroll: true })
}
