import { handlerNames, present } from './dom.ts'
import type { Child } from './dom.ts'

/**
 * Makes the children of an element what a view has just built, and touches only what differs: focus, scroll, text that
 * is being typed and parts that were opened stay. `data-key` names a child that may move; what is below `data-own`
 * looks after itself.
 */
export function patchChildren(parent: Element, children: readonly Child[]): void {
  const keyed = new Map([...parent.children].flatMap((child) => (keyOf(child) ? [[keyOf(child)!, child]] : [])))
  let place: ChildNode | null = parent.firstChild
  for (const next of present(children).map((child) => (typeof child === 'string' ? new Text(child) : child))) {
    const key = keyOf(next)
    const same = key ? keyed.get(key) : place && isAlike(place, next) ? place : undefined
    if (!same || !isSameKind(same, next)) {
      parent.insertBefore(next, place)
      continue
    }
    if (same === place) place = place.nextSibling
    else parent.insertBefore(same, place)
    patchNode(same, next)
  }
  while (place) {
    const gone: ChildNode = place
    place = place.nextSibling
    gone.remove()
  }
}

const keyOf = (node: Node): string | undefined =>
  node instanceof Element ? (node.getAttribute('data-key') ?? undefined) : undefined

const isSameKind = (old: Node, next: Node): boolean => old.nodeType === next.nodeType && old.nodeName === next.nodeName

const isAlike = (old: Node, next: Node): boolean => isSameKind(old, next) && keyOf(old) === undefined

function patchNode(old: Node, next: Node) {
  if (!(old instanceof Element && next instanceof Element)) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue
    return
  }
  patchAttributes(old, next)
  const handlers = old as unknown as Record<string, unknown>
  for (const name of handlerNames) handlers[name] = (next as unknown as Record<string, unknown>)[name] ?? null
  if (!old.hasAttribute('data-own')) patchChildren(old, [...next.childNodes])
}

/** Whether a part stands open is the visitor's to say. */
const isTheVisitors = (element: Element, name: string): boolean => name === 'open' && element.matches('details, dialog')

function patchAttributes(old: Element, next: Element) {
  for (const { name } of [...old.attributes])
    if (!next.hasAttribute(name) && !isTheVisitors(old, name)) old.removeAttribute(name)
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) === value || isTheVisitors(old, name)) continue
    // The policy forbids styles written as text.
    if (name === 'style' && old instanceof HTMLElement) old.style.cssText = value
    else old.setAttribute(name, value)
  }
}
