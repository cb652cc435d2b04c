import { PairpixelError } from '../../shared/errors.ts'
import { createSender } from '../deliver/send.ts'
import { destinationOf } from '../destinations/index.ts'
import { shortName } from '../pair/may-forward.ts'
import type { Tree } from '../settings/environment.ts'
import { checkTree, isEmpty, loadTree } from '../settings/settings.ts'
import type { Settings } from '../site.ts'
import { checkInstance, type Checked } from './check-instance.ts'
import { guidePart, instanceLines, summaryLine } from './check-words.ts'

export interface CheckOptions {
  readonly config?: string
  readonly destination?: string
  readonly json?: boolean
}

const waitMs = 2500

/** Says of every destination whether its settings and its token are good. 0: nothing is wrong. 1: something is, or cannot be told. */
export async function check({ config, destination: wanted, json = false }: CheckOptions): Promise<number> {
  const settings = await readSettings(config, json)
  const instances = settings.sites
    .flatMap((site) => site.instances)
    .filter(({ name }) => !wanted || name === wanted || shortName(name) === wanted)
  if (!instances.length) throw new PairpixelError('USAGE', `there is no destination ${wanted ?? ''}`)
  const sender = createSender({ connectMs: waitMs, totalMs: waitMs })
  const deps = { send: sender.send, now: Date.now, waitMs }
  const asked = instances.map((instance) => checkInstance(instance, destinationOf(instance), deps))
  const all: Checked[] = []
  for (const one of asked) {
    const checked = await one
    all.push(checked)
    // Told as it comes: a platform that is slow holds up those behind it alone.
    if (!json) print([...instanceLines(checked), ''].join('\n'))
  }
  await sender.close()
  const ok = all.every(({ verdict }) => verdict !== 'unhealthy' && verdict !== 'unknown' && verdict !== 'no_token')
  print(json ? JSON.stringify({ ok, destinations: all.map(asJson) }) : summaryLine(all))
  return ok ? 0 : 1
}

/** The settings; faults are told with what the guides say of pasting, and as JSON too where that was asked for. */
async function readSettings(config: string | undefined, json: boolean): Promise<Settings> {
  let tree: Tree = {}
  try {
    tree = await loadTree({ env: process.env, file: config, folder: process.cwd() })
    if (isEmpty(tree))
      throw new PairpixelError(
        'CONFIG_INVALID',
        'There are no settings to check: write a pairpixel.config.yaml here, name a file with --config, or set variables such as META_PIXEL_ID and META_ACCESS_TOKEN.',
      )
    return checkTree(tree)
  } catch (error) {
    if (!(error instanceof PairpixelError)) throw error
    const { code, message } = error
    if (json) print(JSON.stringify({ ok: false, error: { code, message } }))
    const parts = platformsAtFault(message, tree).flatMap((platform) => guidePart(platform, 'paste'))
    throw new PairpixelError(code, [message, ...parts].join('\n'), { cause: error })
  }
}

/** The platforms of the destinations whose ID or token has a fault, each once. */
function platformsAtFault(message: string, tree: Tree): readonly string[] {
  const faults = message.matchAll(/(?:\bsites\.(\S+)\.)?\bdestinations\.([^.\s]+)\.(?:access_token|pixel_id)\b/g)
  const platforms = Array.from(faults, ([, site, name = '']) => {
    const { destinations } = (site === undefined ? tree : branch(tree.sites, site)) as { destinations?: unknown }
    const { platform } = branch(destinations, name) as { platform?: unknown }
    return typeof platform === 'string' ? platform : name
  })
  return [...new Set(platforms)]
}

/** A member of what may be no object at all: the settings are known to be wrong. */
const branch = (tree: unknown, name: string): object => {
  const found: unknown =
    typeof tree === 'object' && tree !== null && Object.hasOwn(tree, name) ? (tree as Tree)[name] : undefined
  return typeof found === 'object' && found !== null ? found : {}
}

function asJson({ instance, verdict, findings, notices, reply }: Checked): object {
  const { name, platform } = instance
  return {
    destination: name,
    platform,
    verdict,
    findings: findings.map(({ level, field, message, fix }) => ({ level, field, message, fix })),
    notices: notices.map(({ code, level, message, fix, daysLeft }) => ({
      code,
      level,
      message,
      fix,
      days_left: daysLeft,
    })),
    ...(reply && { answer: reply }),
    events_manager: destinationOf(instance).eventsManager,
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)
