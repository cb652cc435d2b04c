import { el, unseen } from '../../dom.ts'
import { act } from '../../parts/act.ts'
import { tile } from '../../parts/marks.ts'
import { outLink } from '../../parts/pieces.ts'
import { prose } from '../../parts/prose.ts'
import { platformOf } from '../../words.ts'
import type { Reads } from '../../../shapes.ts'

type Token = Reads['setup'][number]['tokens'][number]

/** What a typed token looks like; undefined while there is nothing to say. */
export function tokenVerdict(typed: string, format: string | undefined): { good: boolean; words: string } | undefined {
  const token = typed.trim()
  if (!token) return undefined
  if (/\s/.test(token)) return { good: false, words: 'A token has no spaces inside: copy it once more.' }
  if (token !== typed) return { good: true, words: 'Spaces around it are left out.' }
  if (format === undefined) return { good: true, words: 'Saved tokens are checked with the platform at once.' }
  return new RegExp(format).test(token)
    ? { good: true, words: 'Looks like a token of this platform.' }
    : { good: false, words: 'This does not look like a token of this platform: see the guide.' }
}

/** Where an access token is typed in; it is checked while typing, saved beside the settings, and never shown again. */
export function tokenField(site: string, { instance, platform, set, format, guide }: Token): HTMLElement {
  const id = `token-${site}-${instance}`
  const name = instance === platform ? platformOf(platform) : instance
  const check = ({ currentTarget }: Event) => {
    const field = currentTarget as HTMLInputElement
    const verdict = tokenVerdict(field.value, format)
    field.setAttribute('aria-invalid', String(verdict?.good === false))
    const line = document.getElementById(`${id}-says`)!
    line.textContent = verdict ? `${verdict.good ? '✓' : '✗'} ${verdict.words}` : ''
    line.className = verdict?.good === false ? 'wrong' : 'right'
  }
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const field = document.getElementById(id) as HTMLInputElement
    if (!field.value.trim() || !(await act('token', { instance, site, token: field.value.trim() }))) return
    field.value = ''
    document.getElementById(`${id}-says`)!.textContent = ''
  }
  return el(
    'form',
    { class: 'token', 'data-key': id, onsubmit: save },
    el(
      'p',
      { class: 'whose' },
      tile(platform, instance),
      el('label', { for: id }, name, unseen(' access token')),
      el('span', { class: 'hint' }, set ? '✓ set' : '○ not set'),
    ),
    el(
      'div',
      { class: 'field', 'data-own': 'typed' },
      el('input', {
        id,
        type: 'password',
        autocomplete: 'off',
        spellcheck: 'false',
        maxlength: '1024',
        placeholder: set ? 'A new token replaces the one that is set' : 'Paste the token',
        'aria-describedby': `${id}-says`,
        oninput: check,
      }),
      el('button', { type: 'submit', class: 'button' }, 'Save', unseen(` the token of ${name}`)),
      el('p', { id: `${id}-says`, role: 'status' }),
    ),
    guideOf(guide, platform, `${id}-guide`),
  )
}

/** How to come by the token: a link where it is one, else the steps, folded away until somebody needs them. */
const guideOf = (guide: string, platform: string, id: string): HTMLElement =>
  /^https?:\/\//.test(guide)
    ? el('p', { id, class: 'guide' }, outLink(guide, `Where to find it at ${platformOf(platform)}`))
    : el(
        'details',
        { id, class: 'guide' },
        el('summary', {}, `Where to find it at ${platformOf(platform)}`),
        ...prose(guide),
      )
