/** The tag that loaded this script; tag managers and modules leave no `currentScript`, so a mark may say which it is. */
export const findTag = (): HTMLScriptElement =>
  (document.currentScript as HTMLScriptElement | null) ?? document.querySelector('script[data-pairpixel]')!
