import type { PixelConfig } from './api.ts'

/** The tag that loaded this script; tag managers and modules leave no `currentScript`, so a mark may say which it is. */
export const findTag = (): HTMLScriptElement | null =>
  (document.currentScript as HTMLScriptElement | null) ?? document.querySelector('script[data-pairpixel]')

/** `0`, `"0"` or false. An attribute without value is not off. */
export const isOff = (value: unknown): boolean => value == 0 && value !== ''

/** `1`, `"1"` or true. */
export const isOn = (value: unknown): boolean => value == 1

/** Where to post. Without settings: `e` beside the script. */
export const endpointOf = (config: PixelConfig, base: string): URL =>
  new URL(config.endpoint || config.events || 'e', base)
