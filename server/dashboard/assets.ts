import { existsSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname

/** Where the build puts the page's files, seen from source and from the build. */
export const assetFolders: readonly string[] = [join(here, '../../dist/dashboard'), join(here, '../../dashboard')]

/** The first folder that has the file; undefined: it is not built. */
export const findAsset = (name: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
