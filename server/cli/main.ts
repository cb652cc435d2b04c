import { PairpixelError } from '../../shared/errors.ts'
import { check } from './check.ts'
import { checkOptions, readArgs } from './options.ts'
import { preview } from './preview.ts'

export const usage = `Usage: pairpixel <command>

  start [--config FILE] [--role all|collect|deliver]
                            run the collector; without settings, the demo
  demo                      shop, collector, platform simulators and dashboard in one process
  check [--config FILE] [--destination INSTANCE] [--json]
                            are settings and tokens good? asks each platform, records nothing
  doctor URL [--config FILE] [--script URL] [--json]
                            looks at a site from outside: what keeps it from pairing? 1: something fails, 2: no page
  doctor --salvage [FILE] [--config FILE] [--out FILE] [--json]
                            brings what can be read of a damaged store into a new file. 1: not all of it
  preview [--config FILE] [--destination INSTANCE] [--now ISO] [--set KEY=VALUE …]
                            events as JSON lines on standard input → the requests they would become
  replay [--config FILE] [--destination INSTANCE] [--event ID] [--reason REASON] [--state STATE]
         [--since ISO] [--until ISO] [--dry-run] [--force]
                            tries again what ended dead or expired in the last seven days
  erase [--config FILE] [--site KEY] [--email …] [--phone …] [--external-id …] [--order …] [--event …]
        [--visitor …] [--readmit]
                            takes away all that is kept of a person, and keeps out what comes later
  gtm [--config FILE] [--out FOLDER]
                            the templates for Google Tag Manager, with the site’s settings
  snippet [--config FILE] [--at FOLDER] [--sri] [--json]
                            the lines to paste; --sri: pinned to the code of now, with its digest
  simulate [--listen HOST:PORT]
                            the three platforms alone, for testing
`

/** Exit codes: 0, 1 when `check` or `doctor` found something wrong, 2 when `doctor` had nothing to look at, 64 for a wrong call, 70 for a fault of ours, 78 for wrong settings. */
const exitCodes: Partial<Record<string, number>> = { USAGE: 64, CONFIG_INVALID: 78, STORE_LOCKED: 78, STORE_NEWER: 78 }

/** Runs one command; resolves with the exit code when it is over. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = readArgs(args)
    const [command, ...rest] = positionals
    if (values.help || command === undefined) {
      process.stdout.write(usage)
      return command === undefined && !values.help ? 64 : 0
    }
    checkOptions(command, values)
    if (rest.length > (command === 'doctor' ? 1 : 0))
      throw new PairpixelError('USAGE', `${command} takes no further word: ${rest.join(' ')}`)
    const options = { config: values.config, listen: values.listen, role: values.role }
    if (!serves.has(command)) endWithReader()
    switch (command) {
      case 'start':
      case 'demo':
      case 'simulate': {
        // Loaded when it is called: the other commands would wait for a whole collector that they never run.
        const { start } = await import('./start.ts')
        return await start(command, options)
      }
      case 'check': {
        const code = await check({ ...options, destination: values.destination, json: values.json })
        // A name server that stays silent would hold the process long after all is said.
        setTimeout(() => process.exit(code), 100).unref()
        return code
      }
      case 'doctor': {
        if (values.salvage) {
          const { salvage } = await import('./salvage.ts')
          return await salvage({ file: rest[0], config: values.config, out: values.out, json: values.json })
        }
        const { doctor } = await import('./doctor.ts')
        const code = await doctor({ url: rest[0], config: values.config, script: values.script, json: values.json })
        setTimeout(() => process.exit(code), 100).unref() // as above
        return code
      }
      case 'gtm': {
        const { gtm } = await import('./gtm.ts')
        return await gtm({ ...options, out: values.out })
      }
      case 'snippet': {
        const { snippets } = await import('./snippet.ts')
        return await snippets({ ...options, at: values.at, sri: values.sri, json: values.json })
      }
      case 'replay': {
        const { replay } = await import('./replay.ts')
        const { destination, event, reason, state, since, until, force } = values
        const filter = { destination, event, reason, state, since, until }
        return await replay({ config: values.config, ...filter, force, dryRun: values['dry-run'] })
      }
      case 'erase': {
        const { erase } = await import('./erase.ts')
        const { email, phone, order, visitor, event, site, readmit } = values
        const ids = {
          external_id: values['external-id'],
          order_id: order,
          event_id: event === undefined ? undefined : [event],
        }
        return await erase({ config: values.config, site, readmit, asked: { email, phone, visitor, ...ids } })
      }
      case 'preview':
        return await preview({ ...options, destination: values.destination, now: values.now, set: values.set ?? [] })
      default:
        throw new PairpixelError('USAGE', `there is no command ${command}\n\n${usage}`)
    }
  } catch (error) {
    if (!(error instanceof PairpixelError)) throw error
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return exitCodes[error.code] ?? 70
  }
}

const serves: ReadonlySet<string> = new Set(['start', 'demo', 'simulate'])

/** `pairpixel check | head`: whoever reads has seen enough, which is no fault. A collector goes on without its reader. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}
