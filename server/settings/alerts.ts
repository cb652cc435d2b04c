import * as z from 'zod'
import { usualAlerts, type AlertSettings } from '../alerts/settings.ts'

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `"15m"`, `"24h"`, `"2d"` → ms; from a minute to thirty days. */
const span = z
  .string()
  .regex(/^\d{1,5}(m|h|d)$/)
  .transform((text) => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs])
  .refine((ms) => ms >= unitMs.m && ms <= 30 * unitMs.d)

const off = z.literal(false)
const spanOrOff = z.union([off, span], 'is neither false nor a time from "1m" to "30d"')
const percent = z.union([off, z.number().min(1).max(100)], 'is neither false nor a number from 1 to 100')
const days = z.union([off, z.number().int().min(1).max(365)], 'is neither false nor a number of days from 1 to 365')

const isLoopback = (host: string): boolean => /^(localhost|\[::1\]|127(\.\d+){3})$/.test(host.toLowerCase())

/** Told without the address, which is a secret. */
const webhook = z
  .string('is no text')
  .trim()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'is no http(s) address')
  .refine((value) => {
    if (!URL.canParse(value)) return true
    const { protocol, hostname } = new URL(value)
    return protocol === 'https:' || isLoopback(hostname)
  }, 'must be https, unless it is on this machine')

/** What is watched, and who is told (docs/alerts.md). */
export const alerts = z
  .strictObject({
    webhook: z
      .preprocess(
        (given) => (typeof given === 'string' ? [given] : given),
        z.array(webhook).max(5, 'has more than five addresses'),
      )
      .default([]),
    allow_private: z.boolean().default(false),
    no_events: spanOrOff.prefault('15m'),
    success: percent.default(usualAlerts.successBelow!),
    paired: percent.default(usualAlerts.pairedDrop!),
    queue_age: spanOrOff.prefault('15m'),
    token_refused: z.boolean().default(true),
    duplicate_sender: z.boolean().default(true),
    test_mode: spanOrOff.prefault('24h'),
    api_version: days.default(usualAlerts.versionDays!),
  })
  .prefault({})

/** As the alerts read them: what is off is absent. */
export function alertSettings(given: z.output<typeof alerts>): AlertSettings {
  const on = <Key extends string, Value>(key: Key, value: Value | false): { [K in Key]?: Value } =>
    value === false ? {} : ({ [key]: value } as { [K in Key]: Value })
  return {
    webhooks: given.webhook,
    allowPrivate: given.allow_private,
    ...on('noEventsMs', given.no_events),
    ...on('successBelow', given.success),
    ...on('pairedDrop', given.paired),
    ...on('queueAgeMs', given.queue_age),
    ...on('tokenRefused', given.token_refused && (true as const)),
    ...on('duplicateSender', given.duplicate_sender && (true as const)),
    ...on('testModeMs', given.test_mode),
    ...on('versionDays', given.api_version),
  }
}
