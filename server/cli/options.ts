import { parseArgs } from 'node:util'
import { PairpixelError } from '../../shared/errors.ts'

/** Command → the options that mean something to it. */
export const optionsOf: Readonly<Record<string, readonly string[]>> = {
  start: ['config', 'role'],
  demo: [],
  simulate: ['listen'],
  check: ['config', 'destination', 'json'],
  doctor: ['config', 'script', 'json', 'salvage', 'out'],
  preview: ['config', 'destination', 'now', 'set'],
  replay: ['config', 'destination', 'event', 'reason', 'state', 'since', 'until', 'dry-run', 'force'],
  erase: ['config', 'site', 'email', 'phone', 'external-id', 'order', 'event', 'visitor', 'readmit'],
  gtm: ['config', 'out'],
  snippet: ['config', 'at', 'sri', 'json'],
}

/**
 * Throws USAGE for an option of another command: whoever says `erase --dry-run` wants nothing erased. What is no command
 * is not looked at.
 */
export function checkOptions(command: string, values: Readonly<Record<string, unknown>>): void {
  const known = Object.hasOwn(optionsOf, command) ? optionsOf[command]! : Object.keys(values)
  const others = Object.keys(values).filter((name) => name !== 'help' && !known.includes(name))
  if (!others.length) return
  const takes = known.length ? `it takes ${known.map((name) => `--${name}`).join(', ')}` : 'it takes none'
  throw new PairpixelError(
    'USAGE',
    `${command} takes no ${others.map((name) => `--${name}`).join(' and no ')}; ${takes}`,
  )
}

/** The words of a command line. Throws USAGE for an option that no command has. */
export function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        config: { type: 'string' },
        destination: { type: 'string' },
        now: { type: 'string' },
        json: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        listen: { type: 'string' },
        role: { type: 'string' },
        event: { type: 'string' },
        reason: { type: 'string' },
        state: { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        force: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        site: { type: 'string' },
        email: { type: 'string', multiple: true },
        phone: { type: 'string', multiple: true },
        'external-id': { type: 'string', multiple: true },
        order: { type: 'string', multiple: true },
        visitor: { type: 'string', multiple: true },
        readmit: { type: 'boolean' },
        out: { type: 'string' },
        at: { type: 'string' },
        script: { type: 'string' },
        sri: { type: 'boolean' },
        salvage: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new PairpixelError('USAGE', error instanceof Error ? error.message : String(error))
  }
}
