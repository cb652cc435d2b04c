/** Somebody who uses the dashboard: what they can do with their hands and eyes, whatever the browser. */
export interface Person {
  go(url: string): Promise<void>
  /** A click on what this XPath finds, once it is there to be clicked. */
  press(where: string): Promise<void>
  /** Clicks into a field and types. */
  type(where: string, text: string): Promise<void>
  /** Chooses an option of a list by its value. */
  choose(where: string, value: string): Promise<void>
  key(name: 'Tab' | 'Enter' | 'Escape' | 'Space'): Promise<void>
  run<T>(script: () => T): Promise<Awaited<T>>
  run<T, A>(script: (given: A) => T, given: A): Promise<Awaited<T>>
  /** A text of the page's tests, such as axe; the page's own policy forbids to add a script. */
  inject(source: string): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** Errors, breaches of a policy, dialogs, and requests to anywhere else. */
  readonly troubles: string[]
  readonly close: () => Promise<void>
}

export interface PersonBrowser {
  newPerson(): Promise<Person>
  readonly close: () => Promise<void>
}

const quoted = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`)
const named = (words: string) => `[normalize-space(.)=${quoted(words)} or @aria-label=${quoted(words)}]`
/** Where to find things, by the words a person reads. */
export const find = {
  button: (words: string) => `//button${named(words)}`,
  link: (words: string) => `//a${named(words)}`,
  nav: (words: string) => `//nav//a[starts-with(normalize-space(.), ${quoted(words)})]`,
  field: (label: string) =>
    `//input[@id=//label[normalize-space(.)=${quoted(label)}]/@for or @aria-label=${quoted(label)}]`,
  list: (label: string) =>
    `//select[@aria-label=${quoted(label)} or @id=//label[normalize-space(.)=${quoted(label)}]/@for]`,
  summary: (start: string) => `//summary[starts-with(normalize-space(.), ${quoted(start)})]`,
  /** Something below a part of the page with this name. */
  within: (name: string, below: string) => `//*[@aria-label=${quoted(name)}]${below}`,
}

/** What the page shows, as one reads it. */
export const pageText = (person: Person): Promise<string> => person.run(() => document.body.innerText)

/** For every document: what goes wrong in it is told on the console. */
export function tellTroubles(): void {
  const tell = (words: string) => console.error(`trouble: ${words}`)
  addEventListener('error', ({ message }) => tell(message))
  addEventListener('unhandledrejection', ({ reason }) => tell(`unhandled ${String(reason)}`))
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    tell(`${effectiveDirective} forbids ${blockedURI}`),
  )
}

/** A request that is not to this machine, or nothing. */
export const strange = (url: string): readonly string[] =>
  /^(https?:\/\/127\.0\.0\.1[:/]|data:|about:|blob:)/.test(url) ? [] : [`asked ${url}`]
export const troubleIn = (line: string): readonly string[] => (line.startsWith('trouble:') ? [line] : [])
