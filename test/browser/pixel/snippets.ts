import { demoAccounts } from '../../../server/demo/simulators.ts'
import type { PlatformName } from '../../../shared/names.ts'
import { platforms, type Site } from './site.ts'

/** The platforms' functions, and their own names for a purchase. */
export const globals = { meta: 'fbq', reddit: 'rdt', snapchat: 'snaptr' } as const
export const purchaseNames = { meta: 'Purchase', reddit: 'PURCHASE', snapchat: 'PURCHASE' } as const

/** Function, its queue, the library's live method. */
const protocol = {
  meta: ['fbq', 'queue', 'callMethod'],
  reddit: ['rdt', 'callQueue', 'sendEvent'],
  snapchat: ['snaptr', 'queue', 'handleRequest'],
} as const

export const inline = (code: string): string => `<script>${code}</script>`

/** A button that runs this when the visitor presses it. */
export const button = (code: string): string => `<button onclick="${code.replaceAll('"', '&quot;')}">Do</button>`

/** A base snippet's function, which queues until the library is live. `declared`: how the page names it. */
export function stub(platform: PlatformName, declared: 'property' | 'var' | 'function' = 'property'): string {
  const [name, queue, live] = protocol[platform]
  const body = `(){${name}.${live}?${name}.${live}.apply(${name},arguments):${name}.${queue}.push(arguments)}`
  const declarations = {
    property: `if(!window.${name})window.${name}=function${body};`,
    var: `var ${name}=function${body};`,
    function: `function ${name}${body}`,
  }
  const alias = platform === 'meta' ? 'window._fbq=window._fbq||fbq;fbq.push=fbq;' : ''
  return `${declarations[declared]};${name}.${queue}=${name}.${queue}||[];${alias}`
}

export const init = (platform: PlatformName): string =>
  `${globals[platform]}('init','${demoAccounts[platform].pixelId}');`

/** The library, while the page loads. */
export const load = (site: Site, platform: PlatformName): string =>
  `<script async src="${site.library(platform)}"></script>`

/** The whole base snippets, page view left out. */
export const base = (site: Site, ...which: readonly PlatformName[]): string =>
  (which.length ? which : platforms).map((name) => inline(stub(name) + init(name)) + load(site, name)).join('')

/** The line a page pastes for calls before the pixel is there. */
export const early = inline(
  'window.pairpixel=window.pairpixel||function(){(pairpixel.q=pairpixel.q||[]).push(arguments)};',
)
