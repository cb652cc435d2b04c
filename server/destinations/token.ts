import type { InstanceSettings } from './destination.ts'

/** Has a token been set? Without one a destination takes events and keeps them: its first token may be typed in later. */
export const hasToken = ({ access_token: token }: Pick<InstanceSettings, 'access_token'>): boolean =>
  token.trim() !== ''

/** What a lane without a token is told in the place of a platform's answer. */
export const noToken = {
  kind: 'halted',
  why: 'No access token is set.',
  fix: 'Type it in at Set-up on the dashboard, or put access_token into the settings.',
} as const
