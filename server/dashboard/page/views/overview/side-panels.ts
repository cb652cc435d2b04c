import { el } from '../../dom.ts'
import { bytes, duration, number, percent } from '../../format.ts'
import { icon } from '../../parts/marks.ts'
import { facts, panel } from '../../parts/pieces.ts'
import { addressOf } from '../../route.ts'
import type { Overview } from '../../types.ts'

const kinds = [
  ['granted', 'allowed'],
  ['denied', 'denied'],
  ['unknown', 'not told'],
  ['revoked', 'taken back'],
] as const

/** What the visitors allowed, in this range. */
export function consentPanel({ consent }: Overview, received: number): HTMLElement {
  const all = kinds.reduce((sum, [kind]) => sum + consent[kind], 0)
  return panel(
    'Consent',
    [],
    el(
      'dl',
      { class: 'meters' },
      ...kinds.map(([kind, words]) =>
        el(
          'div',
          { 'data-key': kind },
          el('dt', {}, words),
          el(
            'dd',
            {},
            meter(all ? consent[kind] / all : 0),
            el('b', {}, number(consent[kind])),
            el('small', {}, all ? percent(consent[kind] / all) : ''),
          ),
        ),
      ),
    ),
    el(
      'p',
      { class: 'hint' },
      received === 0 ? 'No copy has come in this range. ' : 'A denied copy leaves its key and state, nothing else. ',
      el('a', { href: addressOf('events', { reason: 'consent_denied' }) }, 'What consent held back'),
    ),
  )
}

/** A share as the length of a bar; the number stands beside it. */
export function meter(share: number): HTMLElement {
  const fill = el('span')
  fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`
  return el('span', { class: 'meter', 'aria-hidden': 'true' }, fill)
}

const durable: Readonly<Record<string, string>> = {
  fsync: 'on disk before we say yes',
  everysec: 'on disk within a second',
  memory: 'in memory only: gone with the process',
  unknown: 'not reached yet',
}

/** The process and its store. */
export function systemPanel({ system }: Overview): HTMLElement {
  const { version, store, durability, writable, alerts, uptimeMs, memoryBytes, ackP50Ms, ackP99Ms } = system
  return panel(
    'System',
    [],
    ...alerts.map((words) => el('p', { class: 'alert' }, icon('warn'), words)),
    facts([
      ['Store', `${store}, ${writable ? 'takes events' : 'takes no events'}`],
      ['A yes means', durable[durability] ?? durability],
      [
        'Answer time',
        ackP50Ms !== undefined &&
          `${duration(ackP50Ms)} median${ackP99Ms === undefined ? '' : `, ${duration(ackP99Ms)} p99`}`,
      ],
      ['Up for', duration(uptimeMs)],
      ['Memory', bytes(memoryBytes)],
      ['Version', version],
    ]),
  )
}
