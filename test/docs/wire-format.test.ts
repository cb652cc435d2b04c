import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBatch } from '../../server/collect/batch.ts'
import { createCollector, type Collector } from '../../server/collector.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { clickIdParams } from '../../shared/click-ids.ts'
import { actionSources, userFields, wireVersion } from '../../shared/event.ts'
import { limits } from '../../shared/limits.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { isObject } from '../../shared/parse-field.ts'
import { pixelStates } from '../../shared/pixel-state.ts'
import { blocks, codeIn, jsonBlocks, readFile, section, table } from './pages.ts'

const page = readFile('docs/wire-format.md')
const context = { now: Date.parse('2026-11-21T10:00:02Z'), newId: () => 'new' }
const fields = new Map(table(section(page, '## The event'), 'Field').map(([names = '', words = '']) => [names, words]))
const wordsOf = (field: string) => fields.get(`\`${field}\``) ?? ''

/** Every path of a value, lists left out: `context.cookies._fbp`. */
const pathsOf = (value: unknown, path = ''): readonly string[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path ? `${path}.${name}` : name))
    : [path]

describe('events', () => {
  test.each(jsonBlocks(page, 'json event'))('example %# is taken whole, without a warning', (example) => {
    const parsed = parseEvent(example, context)
    expect(parsed).toMatchObject({ ok: true, warnings: [] })
    if (!parsed.ok) return
    const kept = pathsOf(parsed.event).map((at) => at.replace(/^(context\.click_ids\.\w+)\.value$/, '$1'))
    const given = pathsOf(example).map((at) => at.replace(/^(context\.click_ids\.\w+)\.value$/, '$1'))
    expect(kept).toEqual(expect.arrayContaining([...given]))
  })

  test('the table has every field that is read, and no other', () => {
    const read = Array.from(readFile('shared/parse-event.ts').matchAll(/\binput\.(\w+)/g), ([, name]) => name!)
    // `at` is a proof's.
    const ofEvents = [...new Set(read)].filter((name) => name !== 'at')
    expect([...fields.keys()].flatMap(codeIn).sort()).toEqual(ofEvents.sort())
  })

  test.each([
    ['action sources', () => codeIn(wordsOf('action_source'))[0]!.split(' '), actionSources],
    ['match keys', () => codeIn(wordsOf('user')).find((code) => code.startsWith('email phone'))!.split(' '), userFields],
    ['click IDs', () => /Click IDs: `([^`]+)`/.exec(page)![1]!.split(' '), clickIdParams],
    ['pixel states', () => table(page, 'State').flatMap(([state = '']) => codeIn(state)), pixelStates],
  ] as const)('the %s are all there', (_, onPage, inCode) => expect(onPage()).toEqual(inCode))

  const number = (value: number) => value.toLocaleString('en-US')
  test.each([
    ['event', `1 to ${limits.eventNameChars} characters`],
    ['event_id', `1 to ${limits.eventIdChars} printable`],
    ['items', `Up to ${limits.items} of`],
    ['user', `up to ${limits.matchKeyValues},`],
    ['props', `${limits.props} entries and ${number(limits.propsBytes)} bytes`],
  ])('the limit of %s', (field, words) => expect(wordsOf(field)).toContain(words))

  test('the limits of a post', () => {
    const rows = Object.fromEntries(table(section(page, '## The batch'), 'Address').map(([name = '', ...cells]) => [name, cells]))
    expect(rows.Body).toEqual([
      expect.stringContaining(number(limits.browserBodyBytes)),
      expect.stringContaining(number(limits.serverBodyBytes)),
    ])
    expect(rows.Events).toEqual([
      expect.stringContaining(`at most ${number(limits.browserBatchEvents)}`),
      expect.stringContaining(`at most ${number(limits.serverBatchEvents)}`),
    ])
  })
})

test.each(jsonBlocks(page, 'json batch'))('batch %# is taken with all its events and proofs', (example) => {
  const given = example as { v: number; events: unknown[]; proofs: unknown[] }
  expect(given.v).toBe(wireVersion)
  const read = readBatch(example, limits.browserBatchEvents)
  if (!('batch' in read)) throw new Error(read.refusal.message)
  expect(read.batch.proofs).toHaveLength(given.proofs.length)
  expect(read.batch.sentAt).toBeDefined()
  expect(read.batch.pixels).toEqual({ meta: ['1234567890123456'] })
  for (const event of read.batch.events) expect(parseEvent(event, context)).toMatchObject({ ok: true, warnings: [] })
})

describe('a collector answers what the page says', () => {
  const key = 'k'.repeat(16)
  let collector: Collector
  let server: Server
  let url = ''
  beforeAll(async () => {
    collector = await createCollector(checkTree({ store: 'memory:', url: 'https://www.shop.example', server_keys: [key] }))
    server = createServer(express().use(collector))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.close()
    server.closeAllConnections()
    await collector.stop()
  })

  const all = blocks(page)
  const posts = all.flatMap(({ label, text }, at) => {
    const [, path, status] = /^json post (\S+) (\d+)$/.exec(label) ?? []
    const next = all[at + 1]
    const answer = next?.label === 'json answer' ? (JSON.parse(next.text) as unknown) : undefined
    return path ? [{ path, status: Number(status), body: text, answer }] : []
  })

  test('there are examples for both addresses', () => {
    expect(new Set(posts.map(({ path }) => path))).toEqual(new Set(['/e', '/v1/events']))
  })

  // One after another: a later example speaks of an earlier one.
  test.each(posts)('$status at $path, example %#', async ({ path, status, body, answer }) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body,
      headers: path === '/e' ? { origin: 'https://www.shop.example' } : { authorization: `Bearer ${key}` },
    })
    const text = await response.text()
    expect(response.status, text).toBe(status)
    expect(text ? JSON.parse(text) : undefined).toEqual(answer)
  })
})
