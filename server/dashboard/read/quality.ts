import type { Quality, Range } from '../shapes.ts'
import type { TrailView } from '../trail/index.ts'
import type { ShownInstance } from '../view.ts'
import { isEnd } from './ends.ts'
import { countIn, linesIn, windowOf } from './window.ts'

/** What a match key is worth in our estimate, and how to get more of it. The sum is above 10: nobody has them all. */
const keys: readonly {
  readonly key: string
  readonly worth: number
  readonly unique: boolean
  readonly how: string
}[] = [
  {
    key: 'email',
    worth: 3,
    unique: true,
    how: 'Send the customer’s e-mail with the event (user.email), or switch on pixel.forms.',
  },
  { key: 'phone', worth: 2, unique: true, how: 'Send the phone number with its country code (user.phone).' },
  {
    key: 'click_id',
    worth: 2,
    unique: true,
    how: 'Let the tag stand on every landing page, so that the click ID of the ad is kept.',
  },
  {
    key: 'browser_id',
    worth: 1,
    unique: true,
    how: 'Let the platform’s cookie come along: the tag reads it on the page; at Meta pixel.meta_cookies makes one.',
  },
  { key: 'external_id', worth: 0.8, unique: true, how: 'Send your own customer number (user.external_id).' },
  {
    key: 'ip',
    worth: 0.6,
    unique: false,
    how: 'Let the proxy tell the visitor’s address (trust_proxy), or send it with back-end copies.',
  },
  {
    key: 'user_agent',
    worth: 0.4,
    unique: false,
    how: 'Let the page’s own copy come too, or send the user agent with back-end copies.',
  },
  { key: 'first_name', worth: 0.3, unique: false, how: 'Send the first name (user.first_name).' },
  { key: 'last_name', worth: 0.3, unique: false, how: 'Send the last name (user.last_name).' },
  { key: 'zip', worth: 0.3, unique: false, how: 'Send the postal code (user.zip).' },
  { key: 'city', worth: 0.2, unique: false, how: 'Send the city (user.city).' },
  {
    key: 'date_of_birth',
    worth: 0.2,
    unique: false,
    how: 'Send the date of birth where you have it (user.date_of_birth).',
  },
  { key: 'country', worth: 0.1, unique: false, how: 'Set default_country, or send the country (user.country).' },
]

/** Which platform takes which key; one that is not here takes all. */
const taken: Readonly<Record<string, ReadonlySet<string>>> = {
  reddit: new Set(['email', 'phone', 'click_id', 'browser_id', 'external_id', 'ip', 'user_agent']),
}

/** Worth of all that a platform can take: the best there is counts as 10. */
const mostWorth = 9

/** What each event tells of the person, at each instance, of those that were delivered. Pure; the estimate is our own. */
export function qualityOf(view: TrailView, instances: readonly ShownInstance[], range: Range, site?: string): Quality {
  const lines = linesIn(view, windowOf(range, view.at), site)
  const rows = lines.flatMap(({ event, instance: name, counts }): Quality['rows'] => {
    const instance = instances.find((one) => one.name === name)
    const events = countIn(counts, isEnd('delivered'))
    if (!instance || event === '' || events <= 0) return []
    const { platform } = instance
    const shown = keys
      .filter(({ key }) => !taken[platform] || taken[platform].has(key))
      .map(({ key, worth, unique, how }) => {
        const share = Math.min(1, (counts[`k:${key}`] ?? 0) / events)
        return { key, share, worth, how, notUnique: unique && share > 0 && view.isShared(name, event, key) }
      })
    const good = ({ share, notUnique }: (typeof shown)[number]) => (notUnique ? 0 : share)
    const worth = shown.reduce((sum, one) => sum + one.worth * good(one), 0)
    const most = Math.min(
      mostWorth,
      shown.reduce((sum, one) => sum + one.worth, 0),
    )
    const [next] = shown.toSorted((a, b) => b.worth * (1 - good(b)) - a.worth * (1 - good(a)))
    return [
      {
        ...{ event, instance: name, platform, events },
        keys: shown.map(({ key, share, notUnique }) => ({ key, share, notUnique })),
        estimate: Math.min(10, Math.round((100 * worth) / most) / 10),
        ...(next && next.worth * (1 - good(next)) >= 0.2 && { next: nextWords(next) }),
      },
    ]
  })
  return { range, rows: [...rows].sort((a, b) => b.events - a.events) }
}

const nextWords = ({ notUnique, key, how }: { notUnique: boolean; key: string; how: string }): string =>
  notUnique ? `Many events share one ${key.replaceAll('_', ' ')}: send each person’s own, or leave it out.` : how
