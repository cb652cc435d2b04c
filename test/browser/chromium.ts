import path from 'node:path'

/** Debian's Chromium, for a driver's `executablePath`. */
export const chromiumFile = path.join(import.meta.dirname, 'chromium.sh')

/** The platforms' own scripts send nothing for a headless browser, so this one calls itself an ordinary one. */
export const ordinaryAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
