import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { attempt } from '../safe.ts'
import { findTag } from '../settings.ts'

/**
 * Shows what the pixel does, in the page and on its console: with `data-debug`, with `?pp_debug` in the address, and
 * when `pairpixel('debug')` is called. The overlay is a file of its own beside this script (`debug.js`), which only a
 * page that asks for it loads. All waits behind a gate until it watches, or is known not to come.
 */
const debug: Feature = (kit) => {
  const config: PixelConfig & { readonly debug?: unknown } = kit.siteConfig
  if (kit.isSecond) return
  const { src } = findTag()
  const show = (kit.publicCommands.debug = () => {
    // An import has this script's nonce and needs no HTML. By the whole address: a script of another origin has none.
    void (import(new URL('debug.js', src).href) as Promise<typeof import('../overlay/index.ts')>)
      .then((overlay) => overlay.default(kit))
      .finally(kit.shutGate())
      .catch(() => undefined)
  })
  if (config.debug != null || location.href.includes('pp_debug')) return show()
  // The overlay leaves its mark in the tab, so that it follows from page to page until it is closed. Storage makes the
  // page wait: so not while the script is evaluated, and before the core lets anything pass.
  setTimeout(() => attempt(() => (sessionStorage._ppd as unknown) && show()))
}

export default debug
