import { readFileSync } from 'node:fs'
import path from 'node:path'

const read = (file: string): string => readFileSync(path.join(import.meta.dirname, 'pixels', file), 'utf8')

/** The script of a stand-in pixel, as pages load it; what several need of one kind stands in a file of its own. */
export const readStandIn = (file: 'fbevents.js' | 'pixel.js' | 'scevent.js'): string =>
  read(file).replace('/* sha256.js */', () => read('sha256.js'))
