import type { Feature } from '../kit.ts'
import { safe } from '../safe.ts'

/** Word of `autocomplete`, or type of the input → our field, and what a value must look like. */
const fields = {
  email: ['email', /^\S+@\S+$/],
  // With 14 digits and no country code it is rather a card's number.
  tel: ['phone', /^(\+|00|(?!\D*(\d\D*){14}))\D*(\d\D*){7,15}$/],
  'given-name': ['first_name', /\S/],
  'family-name': ['last_name', /\S/],
} as const

/** Numbers that name a person or an account elsewhere, by the words a field is named with. */
const secret = /(\b|_)(card|iban|cc|cv[cv]|ssn|tax)/i

/**
 * Reads e-mail address, phone number and name from a form when it is sent, and never before; only after the visitor has
 * said yes by `consent`. Left alone: what or whose surroundings have `data-pp-ignore`, passwords, numbers whose field is
 * named as a card's or a tax number, and addresses for a delivery, which may be somebody else's. What the page says by
 * `identify` stands. A no, whoever says it, takes back what a form has said, so a later yes does not bring it along.
 */
const forms: Feature = (kit) => {
  const { publicCommands: commands } = kit
  if (kit.isSecond) return
  const { identify, consent } = {
    identify: commands.identify.bind(commands),
    consent: commands.consent.bind(commands),
  }
  const said = new Set<string>()
  /** What a form said, as what takes it back. */
  let taken: Record<string, ''> = {}
  let wasGranted = false

  commands.consent = (...call) => {
    wasGranted ||= call[0] === 'granted'
    consent(...call)
    if (call[0] !== 'denied') return
    identify(taken)
    taken = {}
  }
  commands.identify = (user) => {
    for (const field in user) {
      said.add(field)
      Reflect.deleteProperty(taken, field)
    }
    identify(user)
  }
  addEventListener(
    'submit',
    safe(({ target }: Event) => {
      // A yes was said, and no no since: then what has to wait for it runs at once.
      let mayRead = false
      kit.whenAllowed(() => (mayRead = wasGranted))
      if (!mayRead) return
      const found: Record<string, string> = {}
      for (const element of (target as HTMLFormElement).elements) {
        const { type, value, autocomplete, name, id } = element as HTMLInputElement
        const words = (autocomplete || '').toLowerCase().split(/\s+/)
        const [field, shape] =
          fields[[...words.reverse(), type].find((word) => word in fields) as keyof typeof fields] ?? []
        const isOurs = field && !said.has(field) && shape.test(value.trim())
        if (
          isOurs &&
          !/^(password|hidden)$/.test(type) &&
          !words.includes('shipping') &&
          (field !== 'phone' || !secret.test(`${name} ${id} ${autocomplete}`.replace(/([a-z])(?=[A-Z])/g, '$1_'))) &&
          !element.closest('[data-pp-ignore]')
        )
          found[field] ??= value.trim()
      }
      for (const field in found) taken[field] = ''
      identify(found)
    }),
    true,
  )
}

export default forms
