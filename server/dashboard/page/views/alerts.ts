import { read } from '../api.ts'
import { el } from '../dom.ts'
import { ago, fullTime } from '../format.ts'
import { waiting } from '../parts/waiting.ts'
import { act, button } from '../parts/act.ts'
import { viewHead } from '../parts/choice.ts'
import { icon } from '../parts/marks.ts'
import { empty } from '../parts/pieces.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import type { Reads } from '../../shapes.ts'

type Alert = Reads['alerts'][number]

const hours = (count: number) => count * 3_600_000
const mutes = [
  ['1 h', hours(1)],
  ['24 h', hours(24)],
  ['7 days', hours(168)],
] as const

const ruleWords = (rule: string): string => {
  const words = rule.replaceAll(/[_-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What the collector tells by itself when nobody looks at this page. */
export const alertsView: View = async () =>
  shown(await read('alerts'), (alerts) => {
    const now = Date.now()
    const ranked = [...alerts].sort((a, b) => rank(a, now) - rank(b, now))
    waiting.alerts = alerts.filter((one) => rank(one, now) === 0).length
    return {
      title: 'Alerts',
      body: [
        viewHead(
          'Alerts',
          button('Send a test alert', () => act('testAlert', {})),
        ),
        el(
          'p',
          { class: 'hint', 'data-key': 'words' },
          'Each goes to the webhook of the settings once when it begins and once when it is over.',
        ),
        ranked.length
          ? el('ul', { class: 'alerts', 'data-key': 'list' }, ...ranked.map((alert) => alertLine(alert, now)))
          : empty('No alert rules are watched', 'Set alerts.webhook in the settings to be told.'),
      ],
    }
  })

const isMuted = ({ mutedUntil }: Alert, now: number): boolean => mutedUntil !== undefined && mutedUntil > now
const rank = (alert: Alert, now: number): number => (!alert.firing ? 2 : isMuted(alert, now) ? 1 : 0)

function alertLine(alert: Alert, now: number): HTMLElement {
  const { rule, subject, firing, since, words, mutedUntil } = alert
  const name = `${ruleWords(rule)}${subject ? `, ${subject}` : ''}`
  const muted = isMuted(alert, now)
  const mute = (until: number) => act('mute', { rule, subject, until })
  return el(
    'li',
    { class: `panel alert-line ${firing ? 'firing' : 'quiet'}`, 'data-key': `${rule} ${subject}` },
    icon(firing ? 'warn' : 'good'),
    el(
      'div',
      {},
      el('h2', {}, ruleWords(rule), el('small', {}, ` ${subject}`)),
      el('p', {}, words),
      el(
        'p',
        { class: 'hint' },
        firing ? `Firing${since === undefined ? '' : ` since ${ago(since, now)}`}` : 'Quiet',
        muted && mutedUntil !== undefined && `, muted until ${fullTime(mutedUntil)}`,
      ),
    ),
    el(
      'div',
      { class: 'row', role: 'group', 'aria-label': `Mute ${name}` },
      muted
        ? button('Unmute', () => mute(0), { 'aria-label': `Unmute ${name}` })
        : el(
            'span',
            { class: 'row' },
            el('span', { class: 'hint' }, 'Mute'),
            ...mutes.map(([length, ms]) =>
              button(length, () => mute(now + ms), { 'aria-label': `Mute ${name} for ${length}` }),
            ),
          ),
    ),
  )
}
