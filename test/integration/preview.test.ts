import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

interface Vector {
  readonly id: string
  readonly api?: string
  readonly input: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, unknown>>
  readonly expect: Readonly<Record<string, unknown>>
  readonly absent?: readonly string[]
}
interface Line {
  readonly destination: string
  readonly skipped?: boolean
  readonly reason?: string
  readonly warnings?: readonly { readonly field: string }[]
  readonly request?: {
    readonly url: string
    readonly headers: Record<string, string>
    readonly body: Record<string, unknown>
  }
}

const root = path.resolve(import.meta.dirname, '../..')
const vectorsOf = (platform: string) =>
  (JSON.parse(readFileSync(path.join(root, `test/vectors/${platform}.json`), 'utf8')) as { events: Vector[] }).events

/** Runs the command as a user does, with events on standard input. */
function preview(
  args: readonly string[],
  events: readonly unknown[],
): { status: number | null; lines: Line[]; stderr: string } {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const input = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))).join('\n')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['server/start.mjs', 'preview', ...args], {
    cwd: root,
    input,
    env,
    encoding: 'utf8',
  })
  return {
    status,
    stderr,
    lines: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line),
  }
}

const minuteAfter = (time: unknown) => new Date(Date.parse(String(time)) + 60_000).toISOString()

/** `part` is contained in `whole`: objects key by key, arrays exactly; a text equals a list of just it (Meta). */
function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return (
      Array.isArray(whole) &&
      whole.length === part.length &&
      part.every((entry, index) => contains(whole[index], entry))
    )
  if (typeof part === 'object' && part !== null)
    return (
      typeof whole === 'object' &&
      whole !== null &&
      Object.entries(part).every(([key, value]) => contains((whole as Record<string, unknown>)[key], value))
    )
  return whole === part || (Array.isArray(whole) && whole.length === 1 && whole[0] === part)
}
const at = (value: unknown, names: readonly string[]): unknown =>
  names.reduce<unknown>((found, name) => (found as Record<string, unknown> | undefined)?.[name], value)

describe.each([
  ['meta', ({ body }: NonNullable<Line['request']>) => (body.data as unknown[])[0], '.'],
  ['reddit', ({ body }: NonNullable<Line['request']>) => body, '/'],
  ['snapchat', ({ body }: NonNullable<Line['request']>) => (body.data as unknown[])[0], '.'],
] as const)('every event vector of %s', (platform, pick, separator) => {
  test.each(vectorsOf(platform).map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const { now, ...settings } = vector.config ?? {}
    const set = Object.entries({ ...settings, ...(vector.api === 'v2' && { api_version: 'v2.0' }) }).flatMap(
      ([key, value]) => [
        '--set',
        `destinations.${platform}.${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ],
    )
    const clock = typeof now === 'string' ? now : minuteAfter(vector.input.event_time)
    const { lines, stderr } = preview(['--destination', platform, '--now', clock, ...set], [vector.input])
    expect(stderr).toBe('')
    const [line] = lines
    if (vector.expect.skipped) return expect(line).toMatchObject(vector.expect)
    expect(line?.request, JSON.stringify(line)).toBeDefined()
    const sent = pick(line!.request!)
    expect(contains(sent, vector.expect), JSON.stringify(sent)).toBe(true)
    for (const absent of vector.absent ?? []) expect(at(sent, absent.split(separator).filter(Boolean))).toBeUndefined()
  })
})

test('all three destinations, a line each; tokens are never shown; lines count from 1; nothing is lost on a bad line', () => {
  const event = {
    event: 'purchase',
    event_id: 'x',
    value: 1,
    currency: 'USD',
    url: 'https://a.example',
    user: { email: 'a@b.example' },
    context: { ip: '203.0.113.7', user_agent: 'ua' },
  }
  const { status, lines } = preview(
    ['--set', 'destinations.snapchat.access_token=secret-token', '--set', 'destinations.meta.pixel_id=0123'],
    [event, '', '{broken', { event: 5 }],
  )
  expect(status).toBe(0)
  expect(lines.slice(0, 3).map(({ destination, request }) => [destination, request?.url])).toEqual([
    ['meta', 'https://graph.facebook.com/v26.0/0123/events'],
    ['reddit', 'https://ads-api.reddit.com/api/v3/pixels/PIXEL_ID/conversion_events'],
    ['snapchat', 'https://tr.snapchat.com/v3/PIXEL_ID/events?access_token=***'],
  ])
  expect(lines.slice(3)).toMatchObject([
    { line: 3, refused: true, issues: [{ code: 'BODY_NOT_JSON' }] },
    { line: 4, refused: true, issues: [{ path: 'event' }] },
  ])
  expect(JSON.stringify(lines)).not.toContain('secret-token')
  expect(lines[0]?.request?.headers).toMatchObject({ Authorization: 'Bearer ***' })
})

test('free text is cleaned as it is on arrival', () => {
  const event = { event: 'search', event_id: 'x', url: 'https://a.example', user: { email: 'a@b.example' } }
  const { lines } = preview(['--destination', 'snapchat'], [{ ...event, search_string: 'orders of jane@shop.example' }])
  expect(JSON.stringify(lines[0]?.request?.body)).toContain('"search_string":"orders of redacted"')
})

test('a second instance of a platform can be shown before it has a pixel', () => {
  const set = ['--set', 'destinations.meta-eu.platform=meta', '--set', 'destinations.meta-eu.api_version=v25.0']
  const event = { event: 'lead', event_id: 'x', url: 'https://a.example', user: { email: 'a@b.example' } }
  const { stderr, lines } = preview(['--destination', 'meta-eu', ...set], [event])
  expect(stderr).toBe('')
  expect(lines.map(({ request }) => request?.url)).toEqual(['https://graph.facebook.com/v25.0/PIXEL_ID_meta-eu/events'])
})

test.each([
  ['an unknown destination', ['--destination', 'tiktok'], 64, 'there is no destination tiktok'],
  ['a bad clock', ['--now', 'noon'], 64, '--now is no ISO 8601 time'],
  ['a bad setting', ['--set', 'destinations.meta.colour=1'], 78, 'destinations.meta.colour is no setting'],
  ['a setting without a value', ['--set', 'x'], 64, 'is not KEY=VALUE'],
])('%s is named, and the exit code says which kind of fault it is', (_, args, code, words) => {
  const { status, stderr } = preview(args, [])
  expect(status).toBe(code)
  expect(stderr).toContain(words)
})

test('what a collector would wait for is a warning, for here nothing is held', () => {
  const wants = ['--set', 'destinations.meta.require_server_copy=true', '--set', 'consent=wait']
  const follows = ['--set', 'server_consent=follow_browser']
  const event = {
    event: 'purchase',
    event_id: '1',
    value: 1,
    currency: 'USD',
    url: 'https://shop.example/',
    user: { email: 'jane@shop.example' },
  }
  const { lines } = preview(
    ['--destination', 'meta', ...wants, ...follows],
    [event, { ...event, event: 'lead' }, { ...event, consent: { state: 'granted' } }],
  )
  const fields = lines.map(({ warnings = [] }) => warnings.map(({ field }) => field))
  expect(lines.map(({ request }) => request !== undefined)).toEqual([true, true, true])
  expect(fields).toEqual([
    expect.arrayContaining(['require_server_copy', 'server_consent']),
    expect.not.arrayContaining(['require_server_copy']),
    expect.not.arrayContaining(['server_consent']),
  ])
})

test('a match key that nobody could match by is a warning where its platform’s request stands', () => {
  const event = {
    event: 'lead',
    event_id: '1',
    url: 'https://shop.example/',
    user: { email: 'jane@x', external_id: 'c' },
  }
  const { lines } = preview([], [{ ...event, context: { ip: '203.0.113.7', user_agent: 'UA' } }])
  const about = lines.map(({ destination, warnings = [] }) => [
    destination,
    warnings.filter(({ field }) => field === 'user.email').length,
  ])
  // Reddit and Snapchat ask for no more than something around an @.
  expect(about).toEqual([['meta', 1], ['reddit', 0], ['snapchat', 0]]) // prettier-ignore
})

test('a mark of the byte order before the first event is no part of it', () => {
  const { lines } = preview(['--destination', 'meta'], ['\ufeff{"event":"lead"}'])
  expect(lines).toMatchObject([{ destination: 'meta', event_id: 'preview-1' }])
})

test('bad settings at start: exit 78, every fault at once', () => {
  const { status, stderr } = spawnSync(process.execPath, ['server/start.mjs', 'start'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...{ PATH: process.env.PATH, META_PIXEL_ID: '1 2', REDDIT_TEST_ID: 't' },
      ...{ PAIRPIXEL_LISTEN: 'nowhere', PAIRPIXEL_STORE: 'x' },
    },
  })
  expect(status).toBe(78)
  for (const part of [
    'CONFIG_INVALID',
    'listen is no address',
    'store is neither',
    'destinations.meta.pixel_id has white space',
    'destinations.reddit.pixel_id',
  ])
    expect(stderr).toContain(part)
})

test('a reader that has seen enough, as `head` has, ends it without a word', async () => {
  const child = spawn(process.execPath, ['server/start.mjs', 'preview', '--destination', 'meta'], {
    cwd: root,
    env: { PATH: process.env.PATH, META_PIXEL_ID: '1234567890', META_ACCESS_TOKEN: 'x'.repeat(40) },
  })
  let stderr = ''
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const ended = once(child, 'close')
  child.stdin.on('error', () => undefined) // it ends before all of it is read
  child.stdin.end(`${JSON.stringify({ event: 'purchase', event_id: 'a', value: 1, currency: 'EUR' })}\n`.repeat(20_000))
  child.stdout.once('data', () => child.stdout.destroy())
  expect(await ended).toEqual([0, null])
  expect(stderr).toBe('')
})
