import type { View } from '../view.ts'
import { alertsView } from './alerts.ts'
import { deadView } from './dead.ts'
import { errorsView } from './errors.ts'
import { eventView } from './event.ts'
import { eventsView } from './events.ts'
import { overviewView } from './overview.ts'
import { pairingView } from './pairing.ts'
import { qualityView } from './quality.ts'
import { setupView } from './setup.ts'

/** Name in the address → the view and its words in the list of views; without words it is not listed. */
export const views: Readonly<Record<string, { readonly view: View; readonly words?: string }>> = {
  overview: { view: overviewView, words: 'Overview' },
  pairing: { view: pairingView, words: 'Pairing' },
  events: { view: eventsView, words: 'Events' },
  event: { view: eventView },
  quality: { view: qualityView, words: 'Match quality' },
  errors: { view: errorsView, words: 'Errors' },
  dead: { view: deadView, words: 'Dead letters' },
  alerts: { view: alertsView, words: 'Alerts' },
  setup: { view: setupView, words: 'Set-up' },
}
