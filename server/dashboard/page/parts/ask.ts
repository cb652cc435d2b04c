import { el, part } from '../dom.ts'
import type { Child } from '../dom.ts'

/**
 * Asks before something that cannot be taken back. Resolves with what was filled in, undefined when it was called off.
 * Focus goes into the question and comes back to where it was.
 */
export function ask(title: string, confirm: string, ...body: readonly Child[]): Promise<FormData | undefined> {
  const dialog = part('ask') as HTMLDialogElement
  return new Promise((resolve) => {
    let given: FormData | undefined
    const form = el(
      'form',
      {
        method: 'dialog',
        onsubmit: () => {
          given = new FormData(form)
        },
      },
      el('h2', { id: 'asked' }, title),
      ...body,
      el(
        'p',
        { class: 'row end' },
        el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Cancel'),
        el('button', { type: 'submit', class: 'button strong' }, confirm),
      ),
    )
    dialog.replaceChildren(form)
    dialog.onclose = () => {
      dialog.replaceChildren()
      resolve(given)
    }
    dialog.showModal()
  })
}
