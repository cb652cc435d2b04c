import { el } from '../../dom.ts'
import { panel } from '../../parts/pieces.ts'
import type { Row } from '../../types.ts'

const kinds = ['browser', 'backend', 'vault'] as const
const fromWords = { browser: 'the browser’s copy', backend: 'the back end’s copy', vault: 'an earlier visit' } as const
const hints = {
  browser: 'The browser knows the visitor: address, user agent, screen, cookies, click IDs, page.',
  backend: 'The back end knows the sale: value, currency, items, order.',
  vault: 'A click ID this visitor came with earlier.',
} as const

/** Which fields of the joined event came from which copy. */
export function bestCopyPanel({ deliveries }: Row): HTMLElement | undefined {
  const origins = new Map(deliveries.flatMap(({ explanation }) => Object.entries(explanation?.origins ?? {})))
  if (!origins.size) return undefined
  return panel(
    'Best copy',
    [],
    el(
      'dl',
      { class: 'origins' },
      ...kinds.flatMap((kind) => {
        const fields = [...origins].filter(([, from]) => from === kind).map(([field]) => field)
        return fields.length
          ? [
              el(
                'div',
                { class: kind },
                el('dt', { title: hints[kind] }, `From ${fromWords[kind]}`),
                el('dd', {}, ...fields.sort().map((field) => el('code', {}, field))),
              ),
            ]
          : []
      }),
    ),
  )
}
