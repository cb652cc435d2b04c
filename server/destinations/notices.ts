import { dayMs } from '../../shared/limits.ts'
import type { ApiVersion, Destination, GuideTopic, InstanceSettings } from './destination.ts'
import { testNotice } from './test-notices.ts'

/** Something that time brings to settings which are right in themselves: a version that ends, a test that goes on. */
export interface Notice {
  readonly code:
    | 'version_ended'
    | 'version_ending'
    | 'version_deprecated'
    | 'version_unknown'
    | 'test_without_end'
    | 'test_long'
    | 'test_on'
    | 'test_over'
  /** `info`: good to know. `warning`: plan for it. `urgent`: it fails already, or within days. */
  readonly level: 'info' | 'warning' | 'urgent'
  readonly message: string
  /** What to do, one sentence. */
  readonly fix?: string
  readonly guide: GuideTopic
  /** Whole days until it happens, 1 on the last one. */
  readonly daysLeft?: number
}

/** What there is to say about these settings at this time. @param now epoch ms */
export function noticesFor(settings: InstanceSettings, destination: Destination, now: number): readonly Notice[] {
  return [versionNotice(settings, destination, now), testNotice(settings, now)].filter((notice) => notice !== undefined)
}

/** A platform's name for people. */
export const platformTitle = (platform: string): string => platform.charAt(0).toUpperCase() + platform.slice(1)

/** How near the end is → how loud we say it, and how soon something has to be done. Nearest first. */
const stages = [
  { withinDays: 7, level: 'urgent', when: 'Now' },
  { withinDays: 30, level: 'warning', when: 'In the coming days' },
  { withinDays: 60, level: 'warning', when: 'In the coming weeks' },
] as const

function versionNotice({ api_version: set }: InstanceSettings, destination: Destination, now: number) {
  const { usual, known } = destination.versions
  const version = known.find(({ name }) => sameVersion(name, set ?? usual))
  if (!version) return unknownVersion(set ?? usual, destination)
  const { name, until } = version
  const what = `Version ${name} of ${platformTitle(destination.name)}’s API`
  const how = howToChange(version, set !== undefined, destination, now)
  const about = { guide: 'version' } as const
  if (until !== undefined) {
    const daysLeft = daysUntil(until, now)
    const stage = stages.find(({ withinDays }) => daysLeft <= withinDays)
    if (daysLeft <= 0)
      return {
        ...about,
        code: 'version_ended',
        level: 'urgent',
        message: `${what} ended on ${until}: events sent to it may be refused.`,
        fix: `Now: ${how}`,
        daysLeft: 0,
      } as const satisfies Notice
    if (stage)
      return {
        ...about,
        code: 'version_ending',
        level: stage.level,
        message: `${what} ends on ${until}, in ${days(daysLeft)}.`,
        fix: `${stage.when}: ${how}`,
        daysLeft,
      } as const satisfies Notice
  }
  if (!version.deprecated) return undefined
  return {
    ...about,
    code: 'version_deprecated',
    level: 'warning',
    message: `${what} is deprecated: it still works, and no last day is named.`,
    fix: `While there is time: ${how}`,
  } as const satisfies Notice
}

/** Where any version is asked for as it is set, one above all we know is newer than this Pairpixel, one below is gone. */
function unknownVersion(name: string, { name: platform, versions }: Destination): Notice {
  const title = platformTitle(platform)
  const known = versions.known.map((version) => Number(version.name.slice(1)))
  const number = Number(name.slice(1))
  const about = { code: 'version_unknown', guide: 'version' } as const
  const fix = `Set api_version to one of ${versions.known.map((version) => version.name).join(', ')}.`
  if (!versions.asksForAny)
    return {
      ...about,
      level: 'warning',
      message: `${title}’s API has no version ${name} here: it is not asked for.`,
      fix,
    }
  if (number > Math.max(...known))
    return {
      ...about,
      level: 'info',
      message: `Version ${name} of ${title}’s API is newer than any this Pairpixel knows: it cannot say when it ends.`,
      fix: 'Update Pairpixel when there is a newer one.',
    }
  return number < Math.min(...known)
    ? { ...about, level: 'urgent', message: `Version ${name} of ${title}’s API ended long ago.`, fix }
    : { ...about, level: 'warning', message: `Pairpixel knows no version ${name} of ${title}’s API.`, fix }
}

/** Out of a version that ends: into the usual one, else the newest that lasts, else a newer Pairpixel. */
function howToChange({ name }: ApiVersion, isSet: boolean, { versions }: Destination, now: number): string {
  const lasts = (version: ApiVersion) =>
    version.name !== name && !version.deprecated && (!version.until || daysUntil(version.until, now) > 60)
  const better = versions.known.find(lasts)
  if (isSet && better?.name === versions.usual)
    return `take api_version out of the settings, and ${better.name} is used.`
  return better ? `set api_version to ${better.name}.` : 'update Pairpixel, whose newer releases know newer versions.'
}

/** `v3` is `v3.0`. */
const sameVersion = (one: string, other: string): boolean =>
  one.replace(/\.0$/, '') === other.trim().replace(/\.0$/, '')

/** Whole days from now until a day begins in UTC; 0 or less: it has begun. */
const daysUntil = (date: string, now: number): number => Math.ceil((Date.parse(date) - now) / dayMs)

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)
