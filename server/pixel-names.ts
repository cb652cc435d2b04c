import { createHash } from 'node:crypto'
import path from 'node:path'

/** Where the files beside the script are, from the path the script has itself. */
export interface PixelPaths {
  /** Settings and code of a site, always the newest. */
  readonly script: string
  /** What the collector says of its script: name and digest of the hashed file, features joined. */
  readonly manifest: string
  /** The debug overlay, which the script fetches when it is asked for. */
  readonly overlay: string
  /** What a second site's script on one page fetches. */
  readonly second: string
  /** `/p.<hash>.js` for any hash; the hash is the first group. */
  readonly hashed: RegExp
}

export function pixelPaths(script: string): PixelPaths {
  const { dir, name, ext } = path.posix.parse(script)
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return {
    script,
    manifest: path.posix.join(dir, `${name}.json`),
    overlay: path.posix.join(dir, 'debug.js'),
    second: path.posix.join(dir, 'second.js'),
    hashed: new RegExp(`^${escaped(path.posix.join(dir, name))}\\.([\\w-]+)${escaped(ext)}$`),
  }
}

/** As an `integrity` attribute says it. */
export const integrityOf = (code: Buffer): string => `sha384-${createHash('sha384').update(code).digest('base64')}`

/** The name of a file that never changes: `p.<hash>.js`, the hash a part of the code's digest. */
export function hashedName(script: string, code: Buffer): string {
  const { name, ext } = path.posix.parse(script)
  return `${name}.${createHash('sha384').update(code).digest('hex').slice(0, 16)}${ext}`
}
