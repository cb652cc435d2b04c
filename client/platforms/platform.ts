import type { PlatformName } from '../../shared/names.ts'

/**
 * All that differs between the platforms' pixels. Lists of names are in the order of `basket.ts`; an empty place is a
 * value the platform does not take.
 */
export interface PixelPlatform {
  readonly platformName: PlatformName
  /** The global function, its stub's queue, and the member it has once the library is live. */
  readonly globalName: string
  readonly queueName: string
  readonly liveName: string
  /** Where a call carries the shared ID: the key, and how many arguments after the event name. */
  readonly idKey: string
  readonly idOffset: 1 | 2
  /** The library's script, by file name. */
  readonly scriptFile: RegExp
  /** A hit's path, and its parameters with the event name and the ID. Snapchat's hits show neither. */
  readonly hitPath: RegExp
  readonly hitName: string
  readonly hitId: string
  /** What an event without a standard name is called; undefined where the platform takes none. */
  readonly customName: (canonical: string) => string | undefined
  readonly itemNames: string
  readonly paramNames: (eventName: string) => string
}

/** A platform's function on the page; its stub and its library hang their own members on it. */
export type PixelFunction = ((...args: unknown[]) => unknown) & Record<string, unknown>
