import { dayMs, minuteMs } from '../../shared/limits.ts'

/** The rules, and what each is called for people. */
export const ruleTitles = {
  no_events: 'No events',
  success: 'Deliveries fail',
  paired: 'Fewer pairs',
  queue_age: 'Deliveries wait',
  token_refused: 'Account refused',
  duplicate_sender: 'Two senders, or IDs used twice',
  test_mode: 'Test mode is on',
  api_version: 'API version ends',
} as const
export type RuleName = keyof typeof ruleTitles
export const ruleNames = Object.keys(ruleTitles) as readonly RuleName[]
export const isRuleName = (text: string): text is RuleName => Object.hasOwn(ruleTitles, text)

/** What is watched and who is told. An absent threshold: that rule is off. */
export interface AlertSettings {
  /** Addresses that get a POST; each is a secret, for whoever knows it may post there. */
  readonly webhooks: readonly string[]
  /** Addresses of private networks are refused unless this is set. */
  readonly allowPrivate: boolean
  /** Silence this long, and usual traffic that makes it odd. */
  readonly noEventsMs?: number
  /** Percent of ended deliveries that the platform took. */
  readonly successBelow?: number
  /** Points of percent below the share of the day before. */
  readonly pairedDrop?: number
  readonly queueAgeMs?: number
  readonly tokenRefused?: true
  readonly duplicateSender?: true
  readonly testModeMs?: number
  /** Days before an API version ends. */
  readonly versionDays?: number
}

/** All rules at their usual thresholds, nobody told. */
export const usualAlerts: AlertSettings = {
  webhooks: [],
  allowPrivate: false,
  noEventsMs: 15 * minuteMs,
  successBelow: 95,
  pairedDrop: 15,
  queueAgeMs: 15 * minuteMs,
  tokenRefused: true,
  duplicateSender: true,
  testModeMs: dayMs,
  versionDays: 30,
}

const thresholds: Readonly<Record<RuleName, keyof AlertSettings>> = {
  no_events: 'noEventsMs',
  success: 'successBelow',
  paired: 'pairedDrop',
  queue_age: 'queueAgeMs',
  token_refused: 'tokenRefused',
  duplicate_sender: 'duplicateSender',
  test_mode: 'testModeMs',
  api_version: 'versionDays',
}

export const isOn = (rule: RuleName, settings: AlertSettings): boolean => settings[thresholds[rule]] !== undefined
