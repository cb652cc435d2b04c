import { checkInstance, type Checked } from '../cli/check-instance.ts'
import type { Control, Done } from '../dashboard/index.ts'
import { createSender, type Send } from '../deliver/send.ts'
import { destinationOf } from '../destinations/index.ts'
import { platformTitle } from '../destinations/notices.ts'
import { overlaySettings, writeOverlays, type Overlay, type Overlays } from '../settings/secrets.ts'
import type { Settings, SiteInstance } from '../site.ts'
import type { Probed } from './shown.ts'

export interface ControlDeps {
  /** The settings in force. */
  readonly settings: () => Settings
  /** Serves by other settings from now on. */
  readonly apply: (settings: Settings) => Promise<unknown>
  /** What the dashboard was told before. */
  readonly overlays: Overlays
  /** Where it is kept; absent: for as long as the process runs. */
  readonly secretsFile?: string
  readonly now: () => number
  readonly probed: Map<string, Probed>
  /** How the platform is asked; over the network where it is absent. */
  readonly send?: Send
}

const waitMs = 5000

/** Switches, tokens and questions about them. Changes of settings go one after the other. */
export function createControl(deps: ControlDeps): Required<Pick<Control, 'switch' | 'probe' | 'token'>> {
  const { settings, now, probed, secretsFile } = deps
  let overlays = deps.overlays
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  const find = (site: string, name: string): SiteInstance | undefined =>
    settings()
      .sites.find(({ key }) => key === site)
      ?.instances.find((one) => one.name === name)

  /** Keeps it, then serves by it: what cannot be kept is not done either. */
  async function tell(instance: string, told: Overlay): Promise<Done | undefined> {
    const next = { ...overlays, [instance]: { ...overlays[instance], ...told } }
    try {
      if (secretsFile !== undefined) writeOverlays(secretsFile, next)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      return { refused: `It cannot be kept: pairpixel.secrets.json beside the settings cannot be written (${code}).` }
    }
    overlays = next
    await deps.apply(overlaySettings(settings(), overlays))
    return undefined
  }

  async function ask(instance: SiteInstance): Promise<string> {
    const sender = deps.send ? undefined : createSender({ connectMs: waitMs, totalMs: waitMs })
    const send = deps.send ?? sender!.send
    const checked = await checkInstance(instance, destinationOf(instance), { send, now, waitMs })
    await sender?.close()
    const { words, good } = wordsOf(checked)
    if (!['disabled', 'dry_run', 'no_token'].includes(checked.verdict))
      probed.set(instance.name, { checkedAt: now(), words, ...(good !== undefined && { good }) })
    return words
  }

  return {
    switch: ({ site, instance: name, enabled }) =>
      inTurn(async () => {
        const instance = find(site, name)
        if (!instance) return unknown
        if (instance.dry_run) return notSet
        if (instance.enabled === enabled) return { done: `It is switched ${enabled ? 'on' : 'off'} already.` }
        const refused = await tell(name, { enabled })
        if (refused) return refused
        return {
          done: enabled
            ? 'It is switched on: events that come from now on are sent there.'
            : 'It is switched off: nothing is sent there, and what waited ends unsent.',
        }
      }),

    probe: async ({ site, instance: name }) => {
      const instance = find(site, name)
      if (!instance) return unknown
      return instance.dry_run ? notSet : { done: await ask(instance) }
    },

    token: ({ site, instance: name, token: given }) =>
      inTurn(async () => {
        const token = given.trim()
        const instance = find(site, name)
        if (!instance) return unknown
        if (instance.dry_run) return notSet
        if (!token || /\s/.test(token))
          return { refused: 'The token has white space inside, or is empty: paste it whole.' }
        const next = { ...instance, access_token: token }
        const wrong = destinationOf(instance)
          .checkSettings(next)
          .find(({ level, field }) => level === 'wrong' && field === 'access_token')
        if (wrong) return { refused: `${wrong.message} ${wrong.fix}` }
        const refused = await tell(name, { access_token: token })
        if (refused) return refused
        probed.delete(name)
        return { done: `The token is kept and used from now on. ${await ask(next)}` }
      }),
  }
}

const unknown: Done = { refused: 'There is no such destination.' }
const notSet: Done = { refused: 'This destination is not set up: put its pixel ID and token into the settings first.' }

/** What a question came to, in words; `good` is absent where the answer does not say. */
function wordsOf({ instance, verdict, findings, reply }: Checked): { readonly words: string; readonly good?: boolean } {
  const title = platformTitle(instance.platform)
  const wrong = findings.find(({ level }) => level === 'wrong')
  const said = [reply?.why, reply?.fix].filter(Boolean).join(' ')
  switch (verdict) {
    case 'healthy':
      return { words: `${title} takes the token${reply?.why ? ` (${reply.why})` : ''}.`, good: true }
    case 'unhealthy':
      return { words: wrong && !said ? `${wrong.message} ${wrong.fix}` : said, good: false }
    case 'unknown':
      return { words: said || `${title} did not say whether the token is good.` }
    case 'unasked':
      return { words: `${title} has no question that records nothing: the next event will tell.` }
    case 'disabled':
      return { words: 'It is switched off, so nothing was asked.' }
    case 'no_token':
      return { words: 'No access token is set, so nothing was asked: put it in at Set-up.' }
    case 'dry_run':
      return { words: 'It is not set up, so nothing was asked.' }
  }
}
