import { write } from '../api.ts'
import { el, part } from '../dom.ts'
import { patchChildren } from '../patch.ts'

/** The only view without a session. @param trouble why there is none, when it is not simply the first visit */
export function showLogin(trouble: string | undefined, start: () => Promise<void>) {
  document.body.className = 'out'
  document.title = 'Log in · Pairpixel'
  for (const id of ['nav', 'account', 'status']) patchChildren(part(id), [])
  draw(trouble)
  part('main').querySelector('input')?.focus()
  // A printed link, opened where one stands already.
  onhashchange = () => void start()

  function draw(words: string | undefined) {
    const input = el('input', {
      id: 'token',
      type: 'password',
      name: 'token',
      required: true,
      autocomplete: 'current-password',
      spellcheck: 'false',
      maxlength: '512',
      'aria-describedby': words === undefined ? 'where' : 'where wrong',
      'aria-invalid': words === undefined ? undefined : 'true',
    })
    const submit = async (event: SubmitEvent) => {
      event.preventDefault()
      const field = part('token') as HTMLInputElement
      const answer = await write('login', { token: field.value.trim() })
      if (answer.ok) return start()
      draw(answer.message)
      field.value = ''
      field.focus()
    }
    patchChildren(part('main'), [
      el(
        'form',
        { class: 'login panel', onsubmit: submit },
        el('h1', {}, 'Log in'),
        el('label', { for: 'token' }, 'Dashboard token'),
        input,
        el('p', { id: 'where', class: 'hint' }, 'Printed once when the collector first started on this machine.'),
        el('p', { id: 'wrong', class: 'wrong', role: 'alert' }, words ?? ''),
        el('button', { type: 'submit', class: 'button strong' }, 'Log in'),
      ),
    ])
  }
}
