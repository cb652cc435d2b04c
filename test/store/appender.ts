import { openSqliteStore } from '../../server/store/sqlite.ts'
import { aCopy } from './make.ts'

// Appends without end and tells of every answer; the test that started it kills it, or takes its disk away.
const [path = ''] = process.argv.slice(2)
const store = await openSqliteStore({ path })
process.stdout.write('ready\n')
for (let n = 0; ; n++) {
  const ids = Array.from({ length: 4 }, (_, i) => `e-${n}-${i}`)
  const results = await Promise.all(ids.map((eventId) => store.append([aCopy({ eventId })])))
  process.stdout.write(ids.map((id, i) => `${results[i]?.join() ?? ''} ${id}\n`).join(''))
}
