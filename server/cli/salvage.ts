import { existsSync } from 'node:fs'
import { PairpixelError } from '../../shared/errors.ts'
import { writeEvent } from '../copy.ts'
import { fileOf } from '../crash-guard.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import { salvage as bringOver, type Salvaged } from '../store/sqlite/salvage/index.ts'

export interface SalvageCommand {
  /** The damaged file; else the one the settings name. */
  readonly file?: string
  readonly config?: string
  /** The new file; else beside the damaged one. */
  readonly out?: string
  readonly json?: boolean
}

/** `doctor --salvage`: what can be read of a damaged store into a new file. 0: all of it. 1: something is lost or held. */
export async function salvage({ file: given, config, out, json = false }: SalvageCommand): Promise<number> {
  const file = given ?? (await storeFile(config))
  if (!existsSync(file)) throw new PairpixelError('CONFIG_INVALID', `There is no store at ${file}.`)
  const target = out ?? `${file}.salvaged`
  const salvaged = bringOver({ file, target, now: Date.now(), digestOf: (event) => writeEvent(event).digest })
  const exit = isAll(salvaged) ? 0 : 1
  process.stdout.write(
    json
      ? `${JSON.stringify({ v: 1, file, target, exit, ...salvaged })}\n`
      : `${salvageLines(file, target, salvaged).join('\n')}\n`,
  )
  return exit
}

async function storeFile(config: string | undefined): Promise<string> {
  const { store } = checkTree(await loadTree({ env: process.env, file: config, folder: process.cwd() }))
  const file = fileOf(store)
  if (file === undefined)
    throw new PairpixelError('USAGE', 'only a store in a file can be salvaged; this one is elsewhere')
  return file
}

const isAll = ({ tables, held, closed, isJournalWhole }: Salvaged): boolean =>
  isJournalWhole && held === 0 && closed === 0 && Object.values(tables).every(({ lost }) => lost === 0)

/** Table → its name for people. */
const names: Readonly<Record<string, string>> = {
  events: 'events',
  copies: 'copies of events',
  bodies: 'bodies of copies',
  deliveries: 'deliveries',
  explained: 'explanations',
  aliases: 'order numbers and other IDs',
  reservations: 'send reservations',
  fresh_reservations: 'groups of new send reservations',
  visitors: 'visitors of the click-ID vault',
  handles: 'ways to these visitors',
  erased: 'marks of erasure',
  visits: 'visits, for consent taken back',
  early_proofs: 'proofs before their event',
  meta: 'notes and the secret',
}

/** What came over, what did not, and what there is to do: for people. */
export function salvageLines(file: string, target: string, salvaged: Salvaged): readonly string[] {
  const { tables, pending, held, closed } = salvaged
  return [
    `${file} → ${target}`,
    '',
    ...Object.entries(tables).map(
      ([table, { kept, lost }]) =>
        `${String(kept).padStart(9)}  ${names[table] ?? table}${lost ? `; not readable: ${lost}` : ''}`,
    ),
    '',
    `Of the deliveries ${pending} wait and will be sent.`,
    ...(held
      ? [
          `${held} may have been sent or not, and are held (dead, store_damaged). Look for them at the platforms, then: pairpixel replay --reason store_damaged`,
        ]
      : []),
    ...(closed ? [`Of ${closed} events only the key could be read: further copies of them are not sent.`] : []),
    ...warningsOf(salvaged),
    '',
    isAll(salvaged) ? 'All of it could be read.' : 'Not all of it could be read.',
    `To go on with it: stop the collector, put ${file} and ${file}-wal aside, and give ${target} its name.`,
  ]
}

function warningsOf(salvaged: Salvaged): readonly string[] {
  const { isJournalWhole, areReservationsWhole, areErasuresWhole, areEventsWhole } = salvaged
  return [
    ...(isJournalWhole
      ? []
      : ['The end of the journal (-wal) is lost, with what was taken and sent last: so nothing waits.']),
    ...(areReservationsWhole ? [] : ['Send reservations are lost: so nothing waits.']),
    ...(areReservationsWhole || areEventsWhole
      ? []
      : ['Events are lost beside them: a copy of such an event that still comes looks new, and is sent.']),
    ...(areErasuresWhole ? [] : ['Marks of erasure are lost: erase again whoever asked for it, before you start.']),
  ]
}
