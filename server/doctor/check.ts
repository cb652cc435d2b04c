/** `skip`: it could not be looked at, and why. */
export type Status = 'ok' | 'warn' | 'fail' | 'skip'

/** What one look has found: one cause, one fix. */
export interface Check {
  readonly id: CheckId
  readonly status: Status
  /** What was found, one sentence. */
  readonly cause: string
  /** What to do; of a warning or a failure. May have lines to copy. */
  readonly fix?: string
}

/** The checks in their order, and what each looks at. */
export const checkTitles = {
  page: 'The page',
  tag: 'The tag in the page',
  dns: 'Names and addresses',
  cookie_reach: 'How long Safari lets cookies live',
  script: 'The script',
  cache: 'Caching of the script',
  block_rules: 'Names that blockers know',
  collect: 'Posting events',
  cookies: 'Cookies of the answer',
  csp: 'Content Security Policy',
  proxy: 'Who the visitor is',
  ipv6: 'IPv6',
  clock: 'The clock',
  tokens: 'Tokens',
  versions: 'API versions',
  test_mode: 'Test modes',
} as const
export type CheckId = keyof typeof checkTitles

export const ok = (id: CheckId, cause: string): Check => ({ id, status: 'ok', cause })
export const skip = (id: CheckId, cause: string): Check => ({ id, status: 'skip', cause })
export const warn = (id: CheckId, cause: string, fix: string): Check => ({ id, status: 'warn', cause, fix })
export const fail = (id: CheckId, cause: string, fix: string): Check => ({ id, status: 'fail', cause, fix })
