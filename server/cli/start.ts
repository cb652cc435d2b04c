import { PairpixelError } from '../../shared/errors.ts'
import { adviceOn } from '../advice.ts'
import { type Role, roles } from '../collector.ts'
import { run, type Running } from '../main.ts'
import { startDemo } from '../demo/demo.ts'
import { startSimulators } from '../demo/simulators.ts'
import { listen as listenSchema } from '../settings/schema.ts'
import { checkTree, isEmpty, loadTree, secretsFileOf, settingsFileOf } from '../settings/settings.ts'
import type { Listen, SiteInstance } from '../site.ts'

export interface StartOptions {
  readonly config?: string
  readonly listen?: string
  readonly role?: string
}

/** Runs until a stop signal; resolves with the exit code. Without file or variables, `start` is the demo. */
export async function start(
  command: 'start' | 'demo' | 'simulate',
  { config, listen, role }: StartOptions,
): Promise<number> {
  // Before anything is said of being ready: who reads it may stop us at once.
  const signalled = new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  const stop = await begin(command, config, listen, readRole(role))
  const signal = await signalled
  process.stdout.write(`${signal}: finishing what is under way.\n`)
  // A second signal ends it at once.
  process.once(signal, () => process.exit(130))
  await stop()
  return 0
}

async function begin(
  command: string,
  config: string | undefined,
  listen: string | undefined,
  role: Role,
): Promise<() => Promise<void>> {
  if (command === 'simulate') return named(startSimulators(readListen(listen)))
  const tree = command === 'demo' ? {} : await loadTree({ env: process.env, file: config, folder: process.cwd() })
  if (isEmpty(tree)) return named(startDemo())
  const settings = checkTree(tree)
  const logLevel = process.env.LOG_LEVEL
  const from = { env: process.env, file: config, folder: process.cwd() }
  const secretsFile = secretsFileOf(settingsFileOf(from), from.folder)
  const running = await named(run(settings, { logLevel, role, secretsFile, onBroken: () => process.exit(70) }))
  reloadOnHangUp(running, config)
  const dry = settings.sites.filter((site) => site.instances.every((instance) => instance.dry_run))
  process.stdout.write(
    `Collector  ${running.url}\nDashboard  ${adminLink(running)}\n` +
      dry
        .map(
          ({ key }) => `Site ${key} has no destinations: a dry run, which shows on the dashboard what it would send.\n`,
        )
        .join('') +
      settings.sites.flatMap(({ instances }) => instances.flatMap(wrongLines)).join(''),
  )
  return () => running.stop()
}

/** Where the dashboard is. A token that was made just now is told this once; its link logs in, and no server sees a `#`. */
const adminLink = ({ adminUrl, madeToken }: Running): string =>
  madeToken === undefined
    ? `${adminUrl}/admin`
    : `${adminUrl}/admin#token=${madeToken}\n           Admin token ${madeToken}: keep it, it is not shown again.`

/** SIGHUP: the settings are read anew. Where they have faults, all goes on by those that are in force. */
function reloadOnHangUp(running: Running, file: string | undefined): void {
  let last = Promise.resolve()
  process.on('SIGHUP', () => {
    last = last
      .then(async () => checkTree(await loadTree({ env: process.env, file, folder: process.cwd() })))
      .then(async (settings) => {
        const later = await running.reload(settings)
        const rest = later.length ? ` These wait for a restart: ${later.join(', ')}.` : ''
        process.stdout.write(`SIGHUP: the settings were read anew.${rest}\n`)
      })
      .catch((error: unknown) => {
        const words = error instanceof PairpixelError ? `${error.code}: ${error.message}` : String(error)
        process.stderr.write(`SIGHUP: the old settings stay in force. ${words}\n`)
      })
  })
}

/** What cannot work as it is set; the rest stands in the log and on the dashboard. */
const wrongLines = (instance: SiteInstance): readonly string[] =>
  adviceOn(instance, Date.now()).flatMap(({ code, message, fix = '' }) =>
    code === 'settings_wrong' ? [`Destination ${instance.name} cannot work: ${message} ${fix}\n`] : [],
  )

function readRole(text = 'all'): Role {
  const role = roles.find((known) => known === text)
  if (!role) throw new PairpixelError('USAGE', `--role is none of ${roles.join(', ')}`)
  return role
}

function readListen(text = '127.0.0.1:8790'): Listen {
  const result = listenSchema.safeParse(text)
  if (!result.success) throw new PairpixelError('USAGE', `--listen ${result.error.issues[0]?.message ?? 'is wrong'}`)
  return result.data
}

/** An address that is taken or not ours to use is the operator's to fix, so it gets a sentence. */
export async function named<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting
  } catch (error) {
    const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
    const at = `${address ?? ''}:${port ?? ''}`
    if (code === 'EADDRINUSE')
      throw new PairpixelError('CONFIG_INVALID', `${at} is taken by another program; choose another address.`)
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new PairpixelError('CONFIG_INVALID', 'The host name to listen on is not known here; use an address.')
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new PairpixelError('CONFIG_INVALID', `${at} cannot be listened on (${code}).`)
    throw error
  }
}
