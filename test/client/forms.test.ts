import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Feature } from '../../client/kit.ts'
import forms from '../../client/features/forms.ts'
import { closePage, newPage, postedEvents, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  document.body.innerHTML = ''
  closePage()
})

/** Sends a form with these inputs after consent; answers the match keys of the next event. */
async function send(
  inputs: string,
  prepare: (pixel: ReturnType<typeof start>) => void = () => undefined,
  attributes = '',
) {
  const pixel = start({ features: [forms] })
  pixel.consent?.('granted')
  prepare(pixel)
  document.body.innerHTML = `<form ${attributes}>${inputs}</form>`
  const event = new Event('submit', { bubbles: true, cancelable: true })
  document.querySelector('form')?.dispatchEvent(event)
  expect(event.defaultPrevented).toBe(false)
  pixel.track('Lead')
  await settle()
  return postedEvents()[0]?.user
}

test.each<[string, string, object | undefined]>([
  ['an address by its type', '<input type="email" value=" a@b.example ">', { email: 'a@b.example' }],
  [
    'an address by autocomplete',
    '<input autocomplete="section-x billing email" value="a@b.example">',
    { email: 'a@b.example' },
  ],
  ['a number by its type', '<input type="tel" value="+1 555 010-9999">', { phone: '+1 555 010-9999' }],
  [
    'names',
    '<input autocomplete="given-name" value="Ada"><input autocomplete="Family-Name" value="L">',
    { first_name: 'Ada', last_name: 'L' },
  ],
  [
    'the first of two',
    '<input type="email" value="a@b.example"><input type="email" value="c@d.example">',
    { email: 'a@b.example' },
  ],
  [
    'a filled one after an empty one',
    '<input type="email"><input type="email" value="c@d.example">',
    { email: 'c@d.example' },
  ],
  ['what is no address', '<input autocomplete="email" value="none">', undefined],
  ['what is no number', '<input type="tel" value="12">', undefined],
  ['any other field', '<input name="email" value="a@b.example"><input autocomplete="name" value="A">', undefined],
  ['a password', '<input type="password" autocomplete="email" value="a@b.example">', undefined],
  ['a hidden field', '<input type="hidden" autocomplete="email" value="a@b.example">', undefined],
  ['a card', '<input type="tel" autocomplete="cc-number" value="4242424242">', undefined],
  ...[
    ...['cardnumber', 'CardNumber', 'card-no', 'cc_number', 'payment[cc]', 'cvc', 'cvv2', 'billingCvc'],
    ...['iban', 'ssn', 'customerSSN', 'user_ssn', 'tax-id', 'vatTaxNumber'],
  ].flatMap((name): [string, string, undefined][] => [
    [`a number by its name, ${name}`, `<input type="tel" name="${name}" value="078-05-1120">`, undefined],
    [`the same by its ID, ${name}`, `<input type="tel" id="${name}" value="078-05-1120">`, undefined],
  ]),
  ...['contact_card[email]', 'discard-email', 'tax_contact'].map((name): [string, string, object] => [
    `an address, whatever its field is named, ${name}`,
    `<input type="email" name="${name}" value="a@b.example">`,
    { email: 'a@b.example' },
  ]),
  ['what looks like a card of 15 digits', '<input type="tel" value="3782 822463 10005">', undefined],
  ['what looks like one of 14', '<input type="tel" value="3056 930902 5904">', undefined],
  ['more digits than a number has', '<input type="tel" value="+4242 4242 4242 4242">', undefined],
  ...['account_phone', 'businessNumber', 'passName', 'access', 'syntax', 'mobile[]', 'accountTel'].map(
    (name): [string, string, object] => [
      `a number whose name has other words in it, ${name}`,
      `<input type="tel" name="${name}" value="5550100">`,
      { phone: '5550100' },
    ],
  ),
  ...['+43 664 123 456 789 0', '0043 664 123 4567', '0664 12 34 56 78 9', '+1 (555) 444-1234 ext. 789'].map(
    (value): [string, string, object] => [
      `a long number, ${value}`,
      `<input type="tel" value="${value}">`,
      { phone: value },
    ],
  ),
  ['a form whose own name is taken', '<input type="tel" value="5550100"><input name="id">', { phone: '5550100' }],
  ['somebody else’s', '<input type="email" autocomplete="shipping email" value="a@b.example">', undefined],
  ['a field to ignore', '<input type="email" value="a@b.example" data-pp-ignore>', undefined],
  ['a part to ignore', '<p data-pp-ignore><input type="email" value="a@b.example"></p>', undefined],
])('%s', async (_name, inputs, expected) => {
  expect(await send(inputs)).toEqual(expected)
})

const input = '<input type="email" value="a@b.example">'

test('a form to ignore', async () => {
  expect(await send(input, undefined, 'data-pp-ignore')).toBeUndefined()
})

test('what the page has said stands', async () => {
  const said = { email: 'said@b.example' }
  expect(await send(`${input}<input type="tel" value="5550100">`, (pixel) => pixel.identify(said))).toEqual({
    ...said,
    phone: '5550100',
  })
})

test('nothing before a form is sent', async () => {
  const pixel = start({ features: [forms] })
  pixel.consent?.('granted')
  document.body.innerHTML = `<form>${input}</form>`
  for (const name of ['input', 'change', 'blur', 'focusout'])
    document.querySelector('input')?.dispatchEvent(new Event(name, { bubbles: true }))
  pixel.track('Lead')
  await settle()
  expect(postedEvents()[0]?.user).toBeUndefined()
})

test.each<[string, ('granted' | 'denied')[], Feature[]]>([
  ['without a word on consent', [], []],
  ['after a no', ['denied'], []],
  // Stands for the consent feature: a no shuts, and drops what waits.
  [
    'after a yes and a no',
    ['granted', 'denied'],
    [
      (kit) => {
        kit.publicCommands.consent = (said) => {
          if (said === 'denied') kit.whenAllowed = () => undefined
        }
      },
    ],
  ],
])('%s, nothing is read', async (_name, said, before) => {
  const seen: string[] = []
  const spy: Feature = (kit) => {
    const identify = kit.publicCommands.identify.bind(kit.publicCommands)
    kit.publicCommands.identify = (user) => {
      seen.push(...Object.keys(user))
      identify(user)
    }
  }
  const pixel = start({ features: [...before, spy, forms] })
  for (const word of said) pixel.consent?.(word)
  document.body.innerHTML = `<form>${input}</form>`
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true }))
  await settle()
  expect(seen).toEqual([])
})

test('a no takes back what a form has said, and leaves what the page has said', async () => {
  const pixel = start({ features: [forms] })
  pixel.consent('granted')
  pixel.identify({ external_id: 'c-7' })
  document.body.innerHTML = `<form>${input}<input type="tel" value="+1 202 555 0100"></form>`
  const submit = () => document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true }))
  submit()
  pixel.track('Lead', {}, { id: 'l1' })
  await settle()
  pixel.consent('denied')
  submit()
  pixel.track('Lead', {}, { id: 'l2' })
  pixel.consent('granted')
  pixel.track('Lead', {}, { id: 'l3' })
  await settle()
  expect(postedEvents().map(({ event_id, user }) => [event_id, Object.keys(user ?? {}).sort()])).toEqual([
    ['l1', ['email', 'external_id', 'phone']],
    ['l2', ['external_id']],
    ['l3', ['external_id']],
  ])
})

test('a submit of no form throws nothing', async () => {
  const pixel = start({ features: [forms] })
  pixel.consent?.('granted')
  expect(() => window.dispatchEvent(new Event('submit'))).not.toThrow()
  pixel.track('Lead', {}, { id: 'l1' })
  await settle()
  expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
})
