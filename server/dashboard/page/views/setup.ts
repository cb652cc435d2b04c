import { read } from '../api.ts'
import { el } from '../dom.ts'
import { times } from '../format.ts'
import { copyButton } from '../parts/act.ts'
import { viewHead } from '../parts/choice.ts'
import { icon } from '../parts/marks.ts'
import { empty, panel, when } from '../parts/pieces.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import type { Reads } from '../../shapes.ts'
import { tokenField } from './setup/token-field.ts'

type Setup = Reads['setup'][number]
type Step = Setup['steps'][number]

/** From nothing to the first paired event, a step at a time. */
export const setupView: View = async ({ query }) =>
  shown(await read('setup'), (all) => {
    const sites = all.filter(({ site }) => !query.site || site === query.site)
    return {
      title: 'Set-up',
      body: [
        viewHead('Set-up'),
        ...sites.flatMap((site) => siteSetup(site, sites.length > 1)),
        sites.length === 0 && empty('No site is configured', 'Name one in the settings file, and start again.'),
      ],
    }
  })

const siteSetup = (setup: Setup, namesSite: boolean): readonly HTMLElement[] => {
  const { site, steps, snippet, gtm, proxies, tokens } = setup
  const of = namesSite ? ` of ${site}` : ''
  const left = steps.filter(({ done }) => !done).length
  return [
    panel(
      `Checklist${of}`,
      [el('span', { class: 'hint' }, left ? `${times(left, 'step')} to go` : 'all done')],
      el(
        'ol',
        { class: 'steps' },
        ...steps.map((step, at) => stepLine(step, at === steps.findIndex(({ done }) => !done))),
      ),
    ),
    panel(`Access tokens${of}`, [], ...tokens.map((token) => tokenField(site, token))),
    panel(
      `The tag${of}`,
      [copyButton(snippet, 'tag')],
      el('p', {}, 'Into the head of each page, as high as you can. Keep the platforms’ own base snippets.'),
      code(snippet, 'The tag'),
    ),
    ...(gtm.length
      ? [files(`Google Tag Manager${of}`, 'Instead of the tag: import these into your container.', gtm)]
      : []),
    ...(proxies.length
      ? [
          files(
            `Reverse proxy${of}`,
            'So that script and events go through the site’s own domain, which browsers and blockers trust more.',
            proxies,
          ),
        ]
      : []),
  ]
}

/** A step that is not done says its one cause and fix; those behind it wait for it and say nothing. */
const stepLine = ({ id, title, done, at, cause, fix }: Step, isNext: boolean): HTMLElement =>
  el(
    'li',
    { class: done ? 'done' : isNext ? 'next' : 'later', 'data-key': id, 'aria-current': isNext ? 'step' : undefined },
    icon(done ? 'good' : isNext ? 'warn' : 'none'),
    el(
      'div',
      {},
      el(
        'p',
        {},
        el('b', {}, title),
        el('span', { class: 'hint' }, done ? at !== undefined && when(at, Date.now()) : isNext ? 'not yet' : 'later'),
      ),
      !done && cause !== undefined && el('p', { class: 'cause' }, cause),
      !done && fix !== undefined && el('p', { class: 'fix' }, el('b', {}, 'Fix: '), fix),
    ),
  )

const files = (
  title: string,
  words: string,
  list: readonly { readonly name: string; readonly text: string }[],
): HTMLElement =>
  panel(
    title,
    [],
    el('p', {}, words),
    ...list.map(({ name, text }) =>
      el(
        'details',
        { class: 'file', 'data-key': name },
        el('summary', {}, name),
        copyButton(text, name),
        code(text, name),
      ),
    ),
  )

/** Long lines scroll in their own box, which the keyboard can reach. */
const code = (text: string, name: string): HTMLElement =>
  el('pre', { tabindex: '0', role: 'region', 'aria-label': `${name}, its text` }, el('code', {}, text))
