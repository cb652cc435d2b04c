import { createDigests } from '../digests.ts'
import type { Feature } from '../kit.ts'
import { attempt } from '../safe.ts'
import type { WireBatch } from '../wire.ts'

/**
 * Hashes e-mail addresses before they leave the page; of all else only what is a digest already goes, for no one digest
 * made here would serve all platforms. A page that goes does not wait; what is not hashed by then stays behind.
 */
const hashUser: Feature = (kit) => {
  const { learn, making, hashed } = createDigests()
  const { takeEvent, postBatch } = kit
  kit.takeEvent = (event, only) => {
    attempt(() => learn(event.user))
    takeEvent(event, only)
  }
  kit.postBatch = (batch: WireBatch, leaving) => {
    const post = () =>
      postBatch({ ...batch, events: batch.events?.map((event) => ({ ...event, user: hashed(event.user) })) }, leaving)
    return leaving || !making.size ? post() : Promise.all(making).then(post)
  }
}

export default hashUser
