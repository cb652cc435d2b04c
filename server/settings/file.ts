import { existsSync, readFileSync, statSync } from 'node:fs'
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
    else if (kind === '.yaml' || kind === '.yml')
      tree = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) // a warning would quote
    else if (kind === '.ts' || kind === '.mjs')
      // The time of its last change makes it another module: a reload reads the file that is there now.
      tree = (
        (await import(`${pathToFileURL(path.resolve(file)).href}?${statSync(file).mtimeMs}`)) as { default?: unknown }
      ).default
    else throw new Error('its name ends in none of .ts .mjs .json .yaml')
  } catch (cause) {
    throw new PairpixelError('CONFIG_INVALID', `${file} cannot be read: ${whyOf(cause)}`, { cause })
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new PairpixelError(
      'CONFIG_INVALID',
      `${file} holds no settings: it must be one object, exported as default from code`,
    )
  return tree as Tree
}

/** Where the parsers quote the file, which may be a token, and what is said instead. */
const quotes: readonly (readonly [RegExp, string])[] = [
  [/, (\.{3})?".*$/, ''],
  [/, got .*$/, ''],
  [/^(Unresolved alias)\b.*$/, '$1: put values that begin with * in quotes'],
  [/^\S+ is not defined$/, 'A name in it is not defined: put texts in quotes'],
]

/** The first line of a parser's words, without what it quotes. */
const whyOf = (cause: unknown): string =>
  quotes.reduce(
    (words, [quote, instead]) => words.replace(quote, instead),
    (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '',
  )
