import { destinationOf } from './destinations/index.ts'
import { noticesFor, type Notice } from './destinations/notices.ts'
import { siteFindings } from './site-findings.ts'
import type { SiteInstance } from './site.ts'

/** Something to tell whoever runs the collector about one destination: a finding or a notice, in one shape. */
export interface Advice {
  readonly code: Notice['code'] | 'settings_wrong' | 'settings_odd'
  readonly level: Notice['level']
  readonly message: string
  readonly fix?: string
}

/** What looks wrong in its settings, and what time brings, loudest first; empty for an instance that sends nothing. */
export function adviceOn(instance: SiteInstance, now: number): readonly Advice[] {
  if (!instance.enabled || instance.dry_run) return []
  const destination = destinationOf(instance)
  const all = [
    ...[...siteFindings(instance), ...destination.checkSettings(instance)].map(
      ({ level, field, message, fix }): Advice => {
        const said = withField(field, message)
        return level === 'wrong'
          ? { code: 'settings_wrong', level: 'urgent', message: said, fix }
          : { code: 'settings_odd', level: 'warning', message: said, fix }
      },
    ),
    ...noticesFor(instance, destination, now).map(({ code, level, message, fix }): Advice => ({
      code,
      level,
      message,
      fix,
    })),
  ]
  return levels.flatMap((level) => all.filter((one) => one.level === level))
}

const levels = ['urgent', 'warning', 'info'] as const satisfies readonly Notice['level'][]

/** How much there is to see to, for health: no names, no words. */
export function countAdvice(instances: readonly SiteInstance[], now: number): { urgent: number; warning: number } {
  const all = instances.flatMap((instance) => adviceOn(instance, now))
  const count = (level: Notice['level']) => all.filter((one) => one.level === level).length
  return { urgent: count('urgent'), warning: count('warning') }
}

/** A sentence that does not name its setting gets it in front. */
export const withField = (field: string, message: string): string =>
  message.includes(field) || message.toLowerCase().includes(field.replaceAll('_', ' '))
    ? message
    : `${field}: ${message}`
