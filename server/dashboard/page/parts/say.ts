import { part } from '../dom.ts'

let clearing: ReturnType<typeof setTimeout> | undefined

/** A sentence at the foot of the page, read out to those who hear it, gone after a while. */
export function say(words: string, kind: 'done' | 'failed' = 'done') {
  const line = part('said')
  line.textContent = words
  line.className = kind
  clearTimeout(clearing)
  clearing = setTimeout(
    () => {
      line.textContent = ''
      line.className = ''
    },
    kind === 'failed' ? 12_000 : 6000,
  )
}
