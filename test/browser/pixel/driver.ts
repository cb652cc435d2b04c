/** A visitor's browser: its own cookies and storage, one page at a time. */
export interface Tab {
  /** Runs in every document from now on, frames too, before anything of the page. */
  prepare(script: () => void): Promise<void>
  /** Goes to an address; the page and all it loads is there then. */
  go(url: string): Promise<void>
  /** Runs in the page, which need not allow `eval` for it. */
  run<T>(script: () => T): Promise<Awaited<T>>
  run<T, A>(script: (given: A) => T, given: A): Promise<Awaited<T>>
  /** A click of the visitor's own. */
  click(selector: string): Promise<void>
  /** Requests whose address fits fail as under an extension; undefined lets everything pass. */
  block(pattern: RegExp | undefined): Promise<void>
  /** Name → value, of every host and the ones that scripts cannot read too. */
  cookies(): Promise<Readonly<Record<string, string>>>
  /** Every uncaught error, unhandled rejection and breach of a policy, in any document so far. */
  readonly troubles: string[]
  close(): Promise<void>
}

export interface Browser {
  /** Opens a tab of a new visitor. */
  newTab(): Promise<Tab>
  close(): Promise<void>
}

/** What differs between the browsers, beside how they are driven. */
export interface BrowserKind {
  readonly name: string
  /** The end of all host names. */
  readonly suffix: string
  /** It has one tab at a time. */
  readonly isSingle?: boolean
  /** Any host of its suffix is this machine, and pages of these origins count as secure, as a shop's https pages do. */
  launch(origins: readonly string[]): Promise<Browser>
}

const mark = 'trouble:'

/** For `prepare`: what a page would tell its error monitor goes to the console, which every driver can hear. */
export function reportTroubles(): void {
  const tell = console.error.bind(console, 'trouble:')
  addEventListener('error', ({ message, error }) => tell(message || String(error)))
  addEventListener('unhandledrejection', ({ reason }) => tell(`unhandled ${String(reason)}`))
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    tell(`${effectiveDirective} forbids ${blockedURI}`),
  )
}

/** A line of the console, when it is one of the above. */
export const readTrouble = (line: string): readonly string[] =>
  line.startsWith(mark) ? [line.slice(mark.length).trim()] : []

/** For `run`: all a page can keep beside its cookies. */
export const readStorage = async () => ({
  local: Object.fromEntries(Object.entries(localStorage)) as Readonly<Record<string, string>>,
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(({ name }) => name),
  // Refused where a page is not quite secure.
  caches: await caches.keys().catch(() => []),
})
