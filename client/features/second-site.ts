import type { Pairpixel } from '../api.ts'
import type { Feature, Kit } from '../kit.ts'

/**
 * What a script does that may share its page with another site of the collector. `pixel`: what is on the page, before
 * the script starts; `kit`: its own, which nothing has called yet.
 */
export type JoinSecond = (kit: Kit, base: string, features: readonly Feature[], pixel?: Pairpixel) => void

/**
 * Served to sites of a collector that has several. The first script notes what is told on the page; the one after it
 * joins its own site to it by a file of its own (client/second.ts). The same site's script twice counts once.
 */
const secondSite: JoinSecond = (kit, base, features, pixel) => {
  const { takeEvent, publicCommands: commands } = kit
  if (!pixel?.track) {
    const told: WireEvents = (kit.told = [])
    kit.takeEvent = (event, only) => {
      kit.whenAllowed(() => told.push(event))
      takeEvent(event, only)
    }
    // When features have put their own in its place. What was said until then, waits in the page's early calls.
    queueMicrotask(() => {
      const consent = commands.consent.bind(commands)
      commands.consent = (...said) => {
        // What a tool says, the second site asks it itself.
        if (!/^(tcf|gcm)$/.test(said[1]?.source as string)) kit.saidConsent = said
        consent(...said)
      }
    })
  } else if (pixel.kit?.told && pixel.kit.siteConfig.key !== kit.siteConfig.key)
    // As a page's own script, so it has this one's nonce.
    void (import(new URL('second.js', base).href) as Promise<typeof import('../second.ts')>)
      .then((file) => file.default(pixel, kit, features))
      .catch(() => undefined)
}

type WireEvents = NonNullable<Kit['told']>

export default secondSite
