import { expect, test } from 'vitest'
import { createKeeper } from '../../../server/dashboard/trail/keeper.ts'
import { createTally } from '../../../server/dashboard/trail/tally.ts'
import { seriesKey } from '../../../server/dashboard/trail/series.ts'
import { toldCopy } from '../../../server/dashboard/trail/told.ts'
import { aCopy } from '../../make.ts'
import { noon } from '../make-rows.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Notes as a store keeps them. */
function createNotes() {
  const texts = new Map<string, string>()
  const written: string[] = []
  return {
    texts,
    written,
    note(name: string, text: string | undefined) {
      if (text === undefined) texts.delete(name)
      else texts.set(name, text)
      written.push(name)
      return Promise.resolve()
    },
    noted: (name: string) => Promise.resolve(texts.get(name)),
  }
}

const aTally = () => createTally({ platformOf: (instance) => instance, holdOf: () => 0 })
const tell = (tally: ReturnType<typeof aTally>, at: number, ids: readonly string[]) =>
  tally.appended(
    ids.map((eventId) => toldCopy(aCopy({ eventId, receivedAt: at }))),
    ids.map(() => 'stored'),
    2,
  )
const key = seriesKey('default', 'purchase', '')

test('a restart keeps what was counted, and goes on counting in the same minute', async () => {
  const notes = createNotes()
  const before = aTally()
  tell(before, noon, ['a', 'b'])
  before.served('default', noon)
  before.pixelsSeen('default', { meta: ['1234567890'] }, noon)
  before.refusedRequest(403, 'https://other.example', noon)
  await createKeeper(notes, 'own', before).save(noon)

  const after = aTally()
  await createKeeper(notes, 'own', after).load(noon + 1000)
  tell(after, noon + 2000, ['c'])
  for (const step of ['minute', 'hour'] as const)
    expect([...after.series[step].values()].map((bucket) => bucket.get(key)?.received)).toEqual([3])
  expect(after.facts(noon)).toMatchObject({
    since: noon,
    scripts: { default: noon },
    pixels: { 'default\0meta\x001234567890': noon },
    refusedPost: { status: 403, origin: 'https://other.example' },
  })
  expect(after.facts(noon).births).toEqual({ meta: { [noon]: 3 } })
})

test('only what changed is written again, and what is past its time is taken out of the store', async () => {
  const notes = createNotes()
  const tally = aTally()
  const keeper = createKeeper(notes, 'own', tally)
  tell(tally, noon, ['a'])
  tell(tally, noon + hour, ['b'])
  await keeper.save(noon + hour)
  const chunks = () => [...notes.texts.keys()].filter((name) => /^trail own [mh]\d+$/.test(name))
  expect(chunks()).toHaveLength(3) // two tens of minutes, one run of three hours
  notes.written.length = 0
  tell(tally, noon + hour + minute, ['c'])
  await keeper.save(noon + hour + minute)
  expect(notes.written.filter((name) => /^trail own [mh]\d+$/.test(name))).toHaveLength(2)
  await keeper.save(noon + 4 * hour)
  expect(chunks()).toEqual([`trail own h${noon}`])
  await keeper.save(noon + 8 * day)
  expect(chunks()).toEqual([])
})

test('several processes each keep their own, and the reader sees them all', async () => {
  const notes = createNotes()
  const [one, two] = [aTally(), aTally()]
  const [first, second] = [createKeeper(notes, 'one', one), createKeeper(notes, 'two', two)]
  tell(one, noon, ['a'])
  tell(two, noon, ['b', 'c'])
  await first.save(noon)
  await second.save(noon)
  const seen = async () =>
    (await first.others(noon)).map(({ minute: minutes }) => minutes.get(noon)?.get(key)?.received)
  expect(await seen()).toEqual([2])
  tell(two, noon + 1, ['d'])
  await second.save(noon + 1)
  expect(await seen()).toEqual([3])
  // Gone for longer than anything is kept: its texts go too.
  await first.save(noon + 9 * day)
  expect([...notes.texts.keys()].filter((name) => name.includes('two'))).toEqual([])
  expect(await first.others(noon + 9 * day)).toEqual([])
})

test.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['a head of another shape', '{"at":"x","facts":7}'],
])('notes that hold %s are as good as none', async (_sentence, text) => {
  const notes = createNotes()
  for (const name of ['trail', 'trail own']) notes.texts.set(name, text)
  const tally = aTally()
  const keeper = createKeeper(notes, 'own', tally)
  await keeper.load(noon)
  tell(tally, noon, ['a'])
  await keeper.save(noon)
  expect(await keeper.others(noon)).toEqual([])
  expect(JSON.parse(notes.texts.get('trail own') ?? '')).toMatchObject({ at: noon })
})
