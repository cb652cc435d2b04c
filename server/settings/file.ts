import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { PairpixelError } from '../../shared/errors.ts'
import type { Tree } from './environment.ts'

const names = ['pairpixel.config.ts', 'pairpixel.config.mjs', 'pairpixel.config.json', 'pairpixel.config.yaml']

/** The settings file in a folder, if there is one. */
export const findFile = (folder: string): string | undefined =>
  names.map((name) => path.join(folder, name)).find((file) => existsSync(file))

/** Reads a settings file. Throws CONFIG_INVALID when it cannot be read or holds no settings. */
export async function readFile(file: string): Promise<Tree> {
  const kind = path.extname(file)
  let tree: unknown
  try {
    if (kind === '.json') tree = JSON.parse(readFileSync(file, 'utf8'))
    else if (kind === '.yaml' || kind === '.yml') tree = parse(readFileSync(file, 'utf8'))
    else if (kind === '.ts' || kind === '.mjs')
      tree = ((await import(pathToFileURL(path.resolve(file)).href)) as { default?: unknown }).default
    else throw new Error('its name ends in none of .ts .mjs .json .yaml')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new PairpixelError('CONFIG_INVALID', `${file} cannot be read: ${why ?? ''}`, { cause })
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new PairpixelError(
      'CONFIG_INVALID',
      `${file} holds no settings: it must be one object, exported as default from code`,
    )
  return tree as Tree
}
