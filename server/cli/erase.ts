import { PairpixelError } from '../../shared/errors.ts'
import { type Asked, personOf } from '../erasure.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import type { Site } from '../site.ts'
import { addErased, type Erased, nothingErased, type Person } from '../store/people.ts'
import { openBeside } from './beside.ts'

export interface EraseOptions {
  readonly config?: string
  readonly site?: string
  readonly asked: Asked
  /** Takes the person off the list of those who are kept out, and erases nothing. */
  readonly readmit?: boolean
}

/** Erases a person at one site or at all of them. A collector that works on the store goes on meanwhile. */
export async function erase({ config, site: key, asked, readmit = false }: EraseOptions): Promise<number> {
  const settings = checkTree(await loadTree({ env: process.env, file: config, folder: process.cwd() }))
  const people = peopleAt(
    settings.sites.filter((site) => key === undefined || site.key === key),
    asked,
    key,
  )
  const store = await openBeside(settings, ': use DELETE /v1/people')
  try {
    if (readmit) {
      let names = 0
      for (const person of people) names += await store.readmit(person)
      process.stdout.write(names ? 'What comes from now on is taken again.\n' : 'Nobody by this name was kept out.\n')
      return 0
    }
    let sum = nothingErased
    for (const person of people) sum = addErased(sum, await store.erase(person, Date.now()))
    process.stdout.write(wordsOf(sum))
    return 0
  } finally {
    await store.close()
  }
}

function peopleAt(sites: readonly Site[], asked: Asked, key: string | undefined): readonly Person[] {
  if (!sites.length) throw new PairpixelError('USAGE', `there is no site ${key ?? ''}`)
  return sites.map((site) => {
    const found = personOf(site, asked)
    if ('faults' in found) throw new PairpixelError('USAGE', found.faults.join(' '))
    return found.person
  })
}

/** Nothing of the person is in it, so that it can be kept as a proof. */
function wordsOf({ events, cancelled, mayHaveLeft, sentBefore, visitors }: Erased): string {
  const sent = Object.entries(sentBefore).map(([instance, n]) => `${instance} ${n}`)
  return [
    `events erased: ${events}`,
    `deliveries that will not be sent: ${cancelled}`,
    `deliveries that may have left, for a request was under way or its answer got lost: ${mayHaveLeft}`,
    `visitors whose click IDs are forgotten: ${visitors}`,
    `sent before: ${sent.join(', ') || 'none that is still known'}`,
    'What comes later under these names is kept out. What was sent, only the platforms can delete.',
    '',
  ].join('\n')
}
