import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { digestOf } from '../dashboard/access/index.ts'

export interface AdminToken {
  readonly digest: Buffer
  /** The token itself, where it was made just now: it is told once, and nobody keeps it. */
  readonly made?: string
  /** The file could not be written, so the next start makes another one. */
  readonly isLost?: true
}

/** The admin token of the settings; else the one whose digest lies in the file; else a new one, whose digest is put there. */
export function adminToken(set: string | undefined, file: string | undefined): AdminToken {
  if (set !== undefined) return { digest: digestOf(set) }
  const known = file === undefined ? undefined : readDigest(file)
  if (known) return { digest: known }
  const made = `pp_admin_${randomBytes(32).toString('base64url')}`
  const digest = digestOf(made)
  if (file === undefined || write(file, digest)) return { digest, made }
  return { digest, made, isLost: true }
}

/** Beside the store where it is a file; else in the folder the collector was started in. Undefined: no file at all. */
export function adminFileOf(store: string, folder: string): string | undefined {
  if (store === 'memory:') return undefined
  const file = /^sqlite:(.+)$/.exec(store)?.[1]
  return file === undefined ? path.join(folder, 'pairpixel.admin.json') : `${file.replace(/\.db$/, '')}.admin.json`
}

function readDigest(file: string): Buffer | undefined {
  try {
    const { token_sha256: text } = JSON.parse(readFileSync(file, 'utf8')) as { token_sha256?: unknown }
    return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined
  } catch {
    return undefined
  }
}

/** Readable by its owner alone. */
function write(file: string, digest: Buffer): boolean {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify({ token_sha256: digest.toString('hex') })}\n`, { mode: 0o600 })
    chmodSync(file, 0o600) // a file that was there keeps its mode
    return true
  } catch {
    return false
  }
}
