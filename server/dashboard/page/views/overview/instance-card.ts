import { el } from '../../dom.ts'
import type { Child } from '../../dom.ts'
import { ago, dayOf, duration, number, percent } from '../../format.ts'
import { act, button } from '../../parts/act.ts'
import { stateBadge, tile } from '../../parts/marks.ts'
import { facts, noticeList, outLink, trouble, when } from '../../parts/pieces.ts'
import { addressOf } from '../../route.ts'
import type { Card } from '../../types.ts'
import { eventWords, managerWords, platformOf } from '../../words.ts'
import { instanceWords } from './latest.ts'

const dayMs = 86_400_000

/** One destination at a glance: its state, the one cause and one fix, its rates, and what can be done. */
export function instanceCard(card: Card, now: number, namesSite: boolean): HTMLElement {
  const { name, platform, site, state, reason, fix, enabled, notices, pixelId, dryRun } = card
  const words = instanceWords({ platform, instance: name })
  const switchTo = (on: boolean) => act('switch', { instance: name, site, enabled: on })
  return el(
    'article',
    { class: `card ${state}`, 'data-key': `${site}/${name}`, 'data-instance': name, 'aria-label': words },
    el(
      'header',
      {},
      tile(platform, name),
      el('h3', {}, words, namesSite && el('small', {}, ` ${site}`), dryRun && el('small', {}, ' dry run')),
      stateBadge(state),
      button('', () => switchTo(!enabled), {
        class: 'switch',
        role: 'switch',
        'aria-checked': String(enabled),
        'aria-label': `Send to ${words}`,
        title: enabled ? 'On: events are sent' : 'Off: nothing is sent',
      }),
    ),
    reason !== undefined && trouble(reason, fix),
    rates(card, now),
    facts([
      ['Pixel', pixelId && el('code', {}, pixelId)],
      ['Last success', card.lastSuccessAt === undefined ? 'none yet' : when(card.lastSuccessAt, now)],
      ['Token', tokenLine(card, now), card.token.words],
      ['API version', versionLine(card, now)],
      ['Test mode', testLine(card, now)],
      ['Other pixel ID seen', card.otherPixelIds.length > 0 && otherPixels(card.otherPixelIds)],
    ]),
    notices.length > 0 && noticeList(notices),
    perEvent(card, now),
    el(
      'footer',
      {},
      button('Probe now', () => act('probe', { instance: name, site }), { 'aria-label': `Probe now: ${words}` }),
      card.managerUrl === undefined
        ? undefined
        : outLink(card.managerUrl, managerWords[platform] ?? `${platformOf(platform)}’s own page`, {
            class: 'out',
            'aria-label': `${platformOf(platform)} ${managerWords[platform] ?? 'page'} (opens in a new tab)`,
          }),
    ),
  )
}

function rates({ name, successRate, pairedRate, queued, oldestQueuedAt }: Card, now: number): HTMLElement {
  const rate = (title: string, value: string, more: string, to: string, hint: string) =>
    el(
      'div',
      { title: hint },
      el('dt', {}, title),
      el('dd', {}, el('a', { href: to }, value), more === '' ? undefined : el('small', {}, ` ${more}`)),
    )
  const events = (change: Readonly<Record<string, string>>) => addressOf('events', { instance: name, ...change })
  const waits = oldestQueuedAt === undefined ? '' : `oldest ${duration(now - oldestQueuedAt)}`
  const day = successRate['24h'] === undefined ? '' : `${percent(successRate['24h'])} in 24 h`
  return el(
    'dl',
    { class: 'rates' },
    rate('Paired', percent(pairedRate), 'in 24 h', events({ pair: 'paired' }), 'Of those delivered in 24 hours'),
    rate(
      'Success',
      percent(successRate['1h']),
      day,
      events({ state: 'delivered' }),
      'Delivered of those that ended, in the last hour',
    ),
    rate('Queue', number(queued), waits, events({ state: 'pending' }), 'Waiting to be sent'),
  )
}

function tokenLine({ token, dryRun, site }: Card, now: number): Child {
  if (!token.set) return dryRun ? 'not set' : el('a', { href: addressOf('setup', { site }) }, 'not set: put it in')
  if (token.checkedAt === undefined) return 'set, not checked yet'
  return `${token.good === false ? '✗ refused' : '✓ good'}, checked ${ago(token.checkedAt, now)}`
}

function versionLine({ apiVersion: { name, endsAt } }: Card, now: number): string {
  if (endsAt === undefined) return name
  const days = Math.ceil((endsAt - now) / dayMs)
  return days > 0 ? `${name}, ${number(days)} ${days === 1 ? 'day' : 'days'} left` : `${name}, ended ${dayOf(endsAt)}`
}

function testLine({ testMode }: Card, now: number): string | undefined {
  if (!testMode) return undefined
  const { code, until } = testMode
  const end = until === undefined ? 'no end set' : until > now ? `${duration(until - now)} left` : 'over'
  return ['On', code, end].filter(Boolean).join(', ')
}

const otherPixels = (ids: readonly string[]): HTMLElement =>
  el(
    'span',
    { class: 'warned' },
    ...ids.map((id) => el('code', {}, id)),
    'on your pages, and not set here: if it is yours, add a destination for it; if not, take it out of the page',
  )

const perEvent = ({ lastSuccessByEvent }: Card, now: number): HTMLElement | undefined =>
  lastSuccessByEvent.length === 0
    ? undefined
    : el(
        'details',
        { class: 'more' },
        el('summary', {}, 'Last success by event'),
        facts(lastSuccessByEvent.map(({ event, at }) => [eventWords(event), when(at, now)] as const)),
      )
