import type { ClickIdName } from '../../shared/click-ids.ts'
import { clickLifeMs } from '../../shared/limits.ts'
import type { Clicks, Lent } from './store.ts'

/** What a driver keeps of one visitor. */
export interface KeptVisitor {
  readonly clicks: Clicks
  readonly landing?: string
  readonly lastAt: number
}

/** As far back as a visitor's ways are kept; more would be a robot, or a shared till. */
export const mostHandles = 64

const namesOf = (clicks: Clicks): ClickIdName[] => Object.keys(clicks) as ClickIdName[]

/** What is known of a visitor after one more sighting: another value replaces the old one, the same keeps its first time. */
export function seenAgain(
  known: KeptVisitor | undefined,
  { clicks, landing }: { readonly clicks: Clicks; readonly landing?: string },
  now: number,
): KeptVisitor {
  const joined: Partial<Record<ClickIdName, { value: string; at: number }>> = { ...known?.clicks }
  let isNew = false
  for (const name of namesOf(clicks)) {
    const [old, fresh] = [joined[name], clicks[name]!]
    if (old?.value === fresh.value) joined[name] = { ...old, at: Math.min(old.at, fresh.at) }
    else if (!old || fresh.at >= old.at) {
      joined[name] = fresh
      isNew = true
    }
  }
  const at = isNew ? landing : known?.landing
  const living = Object.fromEntries(Object.entries(joined).filter(([, click]) => now - click.at < clickLifeMs))
  return { clicks: living, ...(at !== undefined && { landing: at }), lastAt: Math.max(now, known?.lastAt ?? 0) }
}

/** The newest click of each name among several visitors, none past its life or from after `before`. */
export function lentBy(visitors: readonly KeptVisitor[], before: number): Lent | undefined {
  const newestFirst = visitors.toSorted((a, b) => b.lastAt - a.lastAt)
  const clicks: Partial<Record<ClickIdName, { value: string; at: number }>> = {}
  for (const visitor of newestFirst)
    for (const name of namesOf(visitor.clicks)) {
      const click = visitor.clicks[name]!
      const isUsable = click.at <= before && before - click.at < clickLifeMs
      if (isUsable && click.at > (clicks[name]?.at ?? -1)) clicks[name] = click
    }
  const [last] = newestFirst
  if (!last || !namesOf(clicks).length) return undefined
  return { clicks, ...(last.landing !== undefined && { landing: last.landing }), lastAt: last.lastAt }
}
