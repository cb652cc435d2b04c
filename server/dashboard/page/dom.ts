export type Child = Node | string | undefined | false
type Handler = (event: never) => unknown
export type Attributes = Readonly<Record<string, string | boolean | undefined | Handler>>

/** Handlers are properties of the element, never attributes: those would be script in text. */
export const handlerNames = ['onclick', 'onsubmit', 'oninput', 'onchange', 'onclose'] as const
type Handlers = Record<string, Handler | null | undefined>

/** An element from text nodes and elements alone: nothing on this page is ever parsed as HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  setAll(element, attributes)
  element.append(...present(children))
  return element
}

export function svg(tag: string, attributes: Attributes, ...children: readonly Node[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setAll(element, attributes)
  element.append(...children)
  return element
}

export const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child): child is Node | string => child !== undefined && child !== false && child !== '')

function setAll(element: Element, attributes: Attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') (element as unknown as Handlers)[name] = value
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
}

/** The page's own element of that ID; the HTML beside this script has it. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`live.html has no #${id}`)
  return found
}

/** Words for those who hear the page, where eyes see a mark. */
export const unseen = (words: string): HTMLElement => el('span', { class: 'unseen' }, words)
