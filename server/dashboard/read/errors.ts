import type { ErrorRow } from '../shapes.ts'
import type { TrailView } from '../trail/index.ts'
import type { ShownInstance } from '../view.ts'
import { fixFor } from './fixes.ts'
import type { Line } from './window.ts'

/** What went wrong within the lines, commonest first; each with what to do. Pure. */
export function errorsIn(
  { facts }: TrailView,
  lines: readonly Line[],
  instances: readonly ShownInstance[],
): readonly ErrorRow[] {
  return facts.errors
    .flatMap(({ instance, code, words, firstAt, lastAt }): ErrorRow[] => {
      const count = lines
        .filter((line) => line.instance === instance)
        .reduce((sum, { counts }) => sum + (counts[`e:${code}`] ?? 0), 0)
      const platform = instances.find(({ name }) => name === instance)?.platform ?? instance
      return count > 0 ? [{ instance, platform, code, words, count, firstAt, lastAt, fix: fixFor(platform, code) }] : []
    })
    .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
}
