/** Public error codes: never renamed, each explained in docs/errors.md (a test compares both lists). */
export const errorCodes = [
  'BODY_NOT_JSON',
  'BODY_NOT_UTF8',
  'BODY_TOO_DEEP',
  'BODY_TOO_LARGE',
  'BODY_WRONG_SHAPE',
  'BODY_UNREADABLE',
  'KEY_FORBIDDEN',
  'TOO_MANY_EVENTS',
  'EVENTS_REFUSED',
  'SITE_UNKNOWN',
  'SERVER_KEY_REFUSED',
  'NOT_LOGGED_IN',
  'LOGIN_REFUSED',
  'TOO_MANY_TRIES',
  'NOT_POSSIBLE',
  'ORIGIN_REFUSED',
  'METHOD_REFUSED',
  'NOT_FOUND',
  'STORE_UNAVAILABLE',
  'STOPPING',
  'INTERNAL',
  'CONFIG_INVALID',
  'NODE_TOO_OLD',
  'USAGE',
  'STORE_LOCKED',
  'STORE_NEWER',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** For bugs and for what the operator must fix. Expected outcomes are values, not throws. No secret or match key in a message. */
export class PairpixelError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PairpixelError'
    this.code = code
  }
}
