import { existsSync, readFileSync } from 'node:fs'

const headBytes = 32
const frameHeadBytes = 24

/** SQLite's own sum over pairs of 32-bit words. */
function addSum([first, second]: readonly [number, number], bytes: Buffer, isBigEndian: boolean): [number, number] {
  let [a, b] = [first, second]
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0
    b = (b + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0
  }
  return [a, b]
}

/**
 * Can all that a journal (`-wal`) holds be read? SQLite stops without a word at its first bad frame, and the store is then
 * as it stood before: what was sent in the meantime looks as if it waited. No journal is a whole one.
 */
export function isJournalWhole(path: string): boolean {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  if (bytes.length === 0) return true
  if (bytes.length < headBytes) return false
  const magic = bytes.readUInt32BE(0)
  const isBigEndian = magic === 0x377f0683
  let sum = addSum([0, 0], bytes.subarray(0, 24), isBigEndian)
  const isHead =
    (isBigEndian || magic === 0x377f0682) && sum[0] === bytes.readUInt32BE(24) && sum[1] === bytes.readUInt32BE(28)
  if (!isHead) return false
  const salt = bytes.subarray(16, 24)
  const frameBytes = frameHeadBytes + bytes.readUInt32BE(8)
  for (let at = headBytes; at < bytes.length; at += frameBytes) {
    const frame = bytes.subarray(at, at + frameBytes)
    // An earlier round of the journal begins here: what lies behind was copied into the file long ago.
    if (frame.length >= 16 && !frame.subarray(8, 16).equals(salt)) return isOld(bytes, at, frameBytes, salt)
    if (frame.length < frameBytes) return false
    sum = addSum(sum, frame.subarray(0, 8), isBigEndian)
    sum = addSum(sum, frame.subarray(frameHeadBytes), isBigEndian)
    if (sum[0] !== frame.readUInt32BE(16) || sum[1] !== frame.readUInt32BE(20)) return false
  }
  return true
}

/** Rounds that a journal may be behind. */
const mostRounds = 1 << 20

/** All frames from here on are of earlier rounds, which count upwards and have a number of chance each. */
function isOld(bytes: Buffer, from: number, frameBytes: number, salt: Buffer): boolean {
  for (let at = from; at + 16 <= bytes.length; at += frameBytes) {
    const rounds = (salt.readUInt32BE(0) - bytes.readUInt32BE(at + 8)) >>> 0
    if (rounds === 0 || rounds > mostRounds || bytes.readUInt32BE(at + 12) === salt.readUInt32BE(4)) return false
  }
  return true
}
