/** Keys are spread over this many parts, each of which one atomic script works on. Fixed when a store is made. */
export const shardCount = 16
const slots = 16_384

/** Redis Cluster's hash of a tag (CRC-16/XMODEM), which decides the node. */
export function slotOf(tag: string): number {
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc % slots
}

/**
 * A hash tag for each shard, such that shard n lies in the n-th sixteenth of a cluster's slots: every node gets its even
 * share. The same prefix always gives the same tags.
 */
export function tagsOf(prefix: string): readonly string[] {
  const tags: string[] = Array.from({ length: shardCount }, () => '')
  for (let n = 0, found = 0; found < shardCount; n++) {
    const tag = `${prefix}.${n.toString(36)}` // the dot: prefix `a1` shall never meet prefix `a`
    const shard = Math.floor((slotOf(tag) * shardCount) / slots)
    if (tags[shard]) continue
    tags[shard] = tag
    found++
  }
  return tags
}

/** Where something lies, and its name there. */
export interface Place {
  readonly shard: number
  /** 20 characters that are safe in a key: 120 bits of the digest. */
  readonly id: string
}

/** From a digest of 16 bytes: the first says where, the others are the name. */
export const placeOf = (digest: Uint8Array): Place => ({
  shard: (digest[0] ?? 0) % shardCount,
  id: Buffer.from(digest.buffer, digest.byteOffset + 1, 15).toString('base64url'),
})

/** The number of a delivery: unique for ever within a store, and it tells its shard. */
export const deliveryNumber = (shard: number, event: number, index: number): number =>
  (event * shardCount + shard) * 256 + index
