import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrations } from '../../server/store/migrations/index.ts'
import { packExplanation, readExplanation } from '../../server/store/sqlite/explained.ts'
import type { Explanation } from '../../server/store/store.ts'

const sent = { name: 'Purchase', sent: { value: 1 }, answer: { status: 200, words: 'ok' } }

test.each<[string, Explanation]>([
  ['fields of one kind', { ...sent, origins: { url: 'browser', title: 'browser' } }],
  ['fields of several', { ...sent, origins: { url: 'browser', value: 'backend', rdt_cid: 'vault', title: 'browser' } }],
  ['no field at all', { ...sent, origins: {} }],
  ['no word on fields', sent],
])('an explanation rests, and is read again: %s', (_what, explanation) => {
  expect(readExplanation(packExplanation(explanation))).toEqual(explanation)
})

test('one that an older version wrote is read as it is', () => {
  const older: Explanation = { ...sent, origins: { url: 'browser' } }
  expect(readExplanation(JSON.stringify(older))).toEqual(older)
})

test('the upgrade keeps each delivery’s explanation', () => {
  const db = new DatabaseSync(':memory:')
  for (const step of migrations.slice(0, 4)) db.exec(step)
  db.exec(`INSERT INTO events (id, key, site, name, event_id, first_at, fired, browser, backend)
      VALUES (1, x'01', 's', 'purchase', 'e', 1, '{}', 1, 0);
    INSERT INTO deliveries (id, event, instance, state, due_at) VALUES (7, 1, 'meta', 'delivered', 1),
      (8, 1, 'reddit', 'delivered', 1), (9, 1, 'snapchat', 'pending', 1);
    INSERT INTO explanations (delivery, at, text) VALUES (7, 20, 'seven'), (8, 10, 'eight')`)
  for (const step of migrations.slice(4)) db.exec(step)
  const rows = db
    .prepare('SELECT d.id, x.at, x.text FROM deliveries d LEFT JOIN explained x ON x.id = d.explained ORDER BY d.id')
    .all()
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { id: 7, at: 20, text: 'seven' },
    { id: 8, at: 10, text: 'eight' },
    { id: 9, at: null, text: null },
  ])
})
