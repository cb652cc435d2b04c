import type { Feature } from '../kit.ts'
import { attempt } from '../safe.ts'

/** The hits of Meta's and Reddit's pixels, by host and path: the rest of an address holds the page's own. */
const hitAddress = /^https?:..(www\.facebook\.com(:\d+)?\/tr\/?|alb\.reddit\.com(:\d+)?\/rp\.gif)\?/

/** So many of the newest hits are remembered. */
const mostHits = 99

/**
 * Says for certain what became of each hit that an image carries, as Meta's and Reddit's do: `sent` when an image came
 * back, `blocked` when none did, for whichever reason. Of such a hit nothing else is believed, for what shows without
 * patching the page looks alike in both cases. Starts after the feature that knows whose hit it is (proof.ts).
 */
const proofDeep: Feature = (kit) => {
  const { seeRequest } = kit
  const images = HTMLImageElement.prototype
  const own = Object.getOwnPropertyDescriptor(images, 'src')
  if (!seeRequest || !own?.set) return
  const hits: string[] = []

  const watch = (image: HTMLImageElement): void => {
    const url = image.src
    if (!hitAddress.test(url)) return
    hits.unshift(url)
    hits.splice(mostHits)
    // It has left: that much is known while nobody answers.
    seeRequest(url, 'called')
    const settle = ({ type }: Event): void => {
      // An image may have been given another address since.
      if (image.src === url) attempt(() => seeRequest(url, type === 'load' ? 'sent' : 'blocked'))
    }
    image.addEventListener('load', settle)
    image.addEventListener('error', settle)
  }

  // The setter of a literal has the name of the browser's own, and is no constructor either.
  const patched = {
    set src(given: string) {
      // What it throws is the page's to hear. What comes of an address comes later, never within this.
      own.set!.call(this, given)
      attempt(() => watch(this as unknown as HTMLImageElement))
    },
  }
  const { set } = Object.getOwnPropertyDescriptors(patched).src
  Object.defineProperty(images, 'src', { ...own, set })
  kit.seeRequest = (url, state) => {
    if (!hits.includes(url)) seeRequest(url, state)
  }
}

export default proofDeep
