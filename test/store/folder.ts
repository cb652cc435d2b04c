import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** A folder of its own that goes when the test file ends. */
export function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-store-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
