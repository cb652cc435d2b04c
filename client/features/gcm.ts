import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { attempt, safe } from '../safe.ts'

/** Google's consent types, as `gtag('consent', 'default' | 'update', fields)` says them. */
type Fields = Readonly<Record<string, unknown>>
/** Google's own view, which nobody documents: 1 is a yes, 2 a no. */
interface OwnView {
  readonly usedUpdate?: boolean
  getConsentState?(type: string): number
  addListener?(types: readonly string[], tell: () => void): void
}

const types = ['ad_storage', 'ad_user_data', 'ad_personalization'] as const
const poll = { stepMs: 250, steps: 20 }

/**
 * Takes the visitor's choice from Google Consent Mode: `ad_storage` and `ad_user_data` are needed, and without
 * `ad_personalization` use is limited. A default that forbids is no answer yet: tools set it before they ask.
 */
const gcm: Feature = (kit) => {
  const config: PixelConfig & { readonly layer?: string } = kit.siteConfig
  const page = window as unknown as Record<string, unknown> & { google_tag_data?: { ics?: OwnView } }
  const heard = new WeakSet<object>()
  let defaults: Fields = {}
  let updates: Fields | undefined
  let waitUntil = 0
  let last: string | undefined

  const judge = safe(() => {
    const ics = page.google_tag_data?.ics
    const answers = types.map((type) => {
      const own = attempt(() => ics?.getConsentState!(type))
      return own === 1 ? 'granted' : own === 2 ? 'denied' : (updates?.[type] ?? defaults[type])
    })
    const [storage, userData, personal] = answers
    const isAnswer =
      // Of the updates that we heard we know what they were about.
      (updates ? types.some((type) => updates![type]) : ics?.usedUpdate) ||
      // What was allowed once, no default forbids for the time being.
      /^[gd]/.test(last!)
    const isYes = storage === 'granted' && userData === 'granted'
    const limited = isYes && personal === 'denied'
    const said = !isAnswer && Date.now() < waitUntil ? 'unknown' : isYes ? 'granted' : isAnswer ? 'denied' : 'unknown'
    // The same again would be a new word: it could undo what another said since.
    if (answers.some(Boolean) && last !== (last = `${said} ${limited}`))
      kit.publicCommands.consent(said, { limited, source: 'gcm' })
  })

  const hear = (entry: unknown): void => {
    if (String(entry) !== '[object Arguments]') return
    const [command, kind, fields] = Array.from(entry as ArrayLike<unknown>) as [unknown, unknown, Fields]
    if (command !== 'consent' || !/^(default|update)$/.test(kind as string) || !fields) return
    let waitMs = 0
    if (kind === 'update') updates = { ...updates, ...fields }
    else {
      waitMs = Number(fields.wait_for_update) || 0
      waitUntil = Math.max(waitUntil, Date.now() + waitMs)
      // Whether a region is the visitor's, no page can tell: then the defaults count as one that forbids.
      defaults = fields.region || defaults.region ? { region: 1, ad_storage: 'denied' } : { ...defaults, ...fields }
    }
    // Several defaults come in one go, and Google's own view follows ours. Who waits has spoken, too.
    setTimeout(judge)
    setTimeout(judge, waitMs)
  }

  const look = safe((step?: number) => {
    // Whoever comes later than we look adds to it.
    const layer = (page[config.layer || 'dataLayer'] ??= []) as unknown[]
    if (Array.isArray(layer) && !heard.has(layer)) {
      heard.add(layer)
      layer.forEach((entry) => attempt(() => hear(entry)))
      const { push } = layer
      layer.push = function (...entries) {
        // Before Google's script may hear them, and tell of its own view.
        entries.forEach((entry) => attempt(() => hear(entry)))
        return push.apply(this, entries)
      }
    }
    const ics = page.google_tag_data?.ics
    if (ics && !heard.has(ics)) {
      heard.add(ics)
      attempt(() => ics.addListener?.(types, judge))
      judge()
    }
    if (step) setTimeout(look, poll.stepMs, step - 1)
  })
  look(poll.steps)
}

export default gcm
