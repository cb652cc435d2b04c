import type { ShownInstance } from '../dashboard/index.ts'
import type { Lane } from '../deliver/lane.ts'
import { destinationOf } from '../destinations/index.ts'
import { isTest, settingsAt } from '../destinations/test-mode.ts'
import { hasToken } from '../destinations/token.ts'
import type { SiteInstance } from '../site.ts'

/** What a question about an instance's token was answered. */
export interface Probed {
  readonly checkedAt: number
  readonly good?: boolean
  readonly words: string
}

/** An instance as the dashboard shows it: no token, and nothing of the settings that it need not know. */
export function shownInstance(
  instance: SiteInstance & { readonly site: string },
  lane: Pick<Lane, 'state'> | undefined,
  probed: Probed | undefined,
  now: number,
): ShownInstance {
  const { name, platform, site, enabled, pixel_id: pixelId, dry_run: dry = false } = instance
  const destination = destinationOf(instance)
  const tests = settingsAt(instance, now)
  return {
    ...{ name, platform, site, dryRun: dry, enabled },
    ...(!dry && { pixelId }),
    managerUrl: destination.eventsManager,
    ...(lane && enabled && { lane: lane.state }),
    token: { set: !dry && hasToken(instance), ...probed },
    apiVersion: versionOf(instance),
    ...(isTest(tests) && {
      testMode: {
        ...codeOf(tests.test_event_code ?? tests.test_id),
        ...(tests.test_until !== undefined && { until: tests.test_until }),
      },
    }),
  }
}

const codeOf = (code: string | undefined) => (code === undefined ? {} : { code })

function versionOf(instance: SiteInstance): NonNullable<ShownInstance['apiVersion']> {
  const { usual, known } = destinationOf(instance).versions
  const name = instance.api_version ?? usual
  const until = known.find((one) => one.name.replace(/\.0$/, '') === name.replace(/\.0$/, ''))?.until
  return { name, ...(until !== undefined && { endsAt: Date.parse(until) }) }
}
