import { write } from '../api.ts'
import type { Writes } from '../../shapes.ts'
import { el } from '../dom.ts'
import type { Attributes } from '../dom.ts'
import { say } from './say.ts'

/** What a change sets going: the view reads anew. The frame puts itself here. */
export const after = { change: (): void => undefined }

/** Changes something and says what came of it, in the collector's own words. True when it was done. */
export async function act<K extends keyof Writes>(path: K, body: Writes[K]): Promise<boolean> {
  const answer = await write(path, body)
  say(answer.ok ? answer.value.done : answer.message, answer.ok ? 'done' : 'failed')
  after.change()
  return answer.ok
}

/** A button that does one thing; it waits for the answer before it can be pressed again. */
export const button = (words: string, press: () => unknown, attributes: Attributes = {}): HTMLButtonElement =>
  el(
    'button',
    {
      type: 'button',
      class: 'button',
      ...attributes,
      onclick: ({ currentTarget }: Event) => {
        const pressed = currentTarget as HTMLButtonElement
        if (pressed.getAttribute('aria-busy')) return
        const outcome = press()
        if (!(outcome instanceof Promise)) return
        pressed.setAttribute('aria-busy', 'true')
        void outcome.finally(() => pressed.removeAttribute('aria-busy'))
      },
    },
    words,
  )

/** A button that puts a text into the clipboard, and says so. */
export const copyButton = (text: string, what: string): HTMLButtonElement =>
  button(
    'Copy',
    async () => {
      try {
        await navigator.clipboard.writeText(text)
        say(`${what} copied.`)
      } catch {
        say('The browser did not allow copying; select the text instead.', 'failed')
      }
    },
    { class: 'button copy', 'aria-label': `Copy ${what}` },
  )
