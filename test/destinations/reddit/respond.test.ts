import { describe, expect, test } from 'vitest'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import type { Outcome } from '../../../server/destinations/destination.ts'

const event = (id: string, type = 'PURCHASE') => ({
  event_at: 1,
  type: { tracking_type: type },
  metadata: { conversion_id: id },
})
const old = (id: string) => ({
  event_at: 'x',
  event_type: { tracking_type: 'Purchase' },
  event_metadata: { conversion_id: id },
})
const three = [event('a'), event('b'), event('c')]
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const late = 'event_at timestamp must be less than 168h0m0s old'
const invalid = (...events: unknown[]) => ({
  message: 'There were 1 invalid conversion events. None were processed.',
  invalid_events: events.map((one) => ({ error_message: late, event: one })),
})
const v3Error = (code: number, message: string) => ({ error: { code, message } })
const v2Error = (reason: string, explanation: string) => ({ success: false, error: { reason, explanation } })
const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)
const page = '<!doctype html><html><head><title>Blocked</title></head><body>Blocked</body></html>'

/** What is at fault, by the words of the fix. */
const faults = {
  token: /whole.*ads account/,
  noToken: /no token/,
  scope: /conversion access token/,
  right: /same ads account as the pixel/,
  pixel: /no such pixel/,
  page: /web page/,
  version: /api_version to v3/,
  redirect: /redirect/,
  size: /batch_size/,
  late: /168 hours/,
  event: /dashboard/,
}

describe('Reddit 13: what a status means', () => {
  test.each<[string, number, unknown, Outcome['kind'], RegExp?]>([
    ['v2 yes', 200, { message: 'Successfully processed 1 conversion events.' }, 'accepted'],
    ['v3 yes', 200, { data: { message: 'Successfully processed 1 conversion events.' } }, 'accepted'],
    ['yes without a number', 200, { data: { message: 'ok' } }, 'accepted'],
    ['yes as text', 200, 'Successfully processed 1 conversion events.', 'accepted'],
    ['yes by another number', 202, { message: 'Successfully processed 1 conversion events.' }, 'accepted'],
    ['v2 refusal by age', 400, invalid(old('a')), 'rejected', faults.late],
    ['v3 refusal by age', 400, v3Error(400, late), 'rejected', faults.late],
    [
      'v3 refusal',
      400,
      { error: { code: 400, message: 'Bad Request', fields: [{ field: 'x' }] } },
      'rejected',
      faults.event,
    ],
    ['refusal without a word', 400, '', 'rejected', faults.event],
    ['400 as a page', 400, page, 'halted', faults.page],
    ['401 as text', 401, 'Authorization Required', 'halted', faults.token],
    ['401 as a page', 401, '<html><h1>401 Authorization Required</h1></html>', 'halted', faults.token],
    [
      '401 of v2',
      401,
      v2Error('UNAUTHORIZED', 'This server could not verify that you are authorized.'),
      'halted',
      faults.token,
    ],
    ['401 of v3', 401, v3Error(401, 'UNAUTHORIZED'), 'halted', faults.token],
    ['401 without a token', 401, v3Error(401, 'No bearer token provided'), 'halted', faults.noToken],
    ['401 without a body', 401, '', 'halted', faults.token],
    [
      '403 of another pixel',
      403,
      v3Error(403, "You're not authorized to post conversions to Pixel ID a2_x"),
      'halted',
      faults.right,
    ],
    ['403 of another scope', 403, v3Error(403, 'Missing adsconversions scope in token'), 'halted', faults.scope],
    ['403 of v2', 403, v2Error('FORBIDDEN', 'no'), 'halted', faults.token],
    ['403 without a body', 403, '', 'halted', faults.token],
    ['403 as a page', 403, page, 'halted', faults.page],
    [
      '403 that names a field',
      403,
      v2Error('UNAUTHORIZED', 'JSON error unexpected type number on field events event_metadata value'),
      'rejected',
      faults.event,
    ],
    ['404', 404, v3Error(404, 'Not Found'), 'halted', faults.pixel],
    ['404 as a page', 404, page, 'halted', faults.page],
    ['405', 405, '', 'halted', faults.version],
    ['408', 408, '', 'retry'],
    ['408 as a page', 408, page, 'retry'],
    ['410', 410, v3Error(410, 'Gone'), 'halted', faults.version],
    ['413', 413, '', 'rejected', faults.size],
    ['413 as a page', 413, page, 'rejected', faults.size],
    ['422', 422, {}, 'rejected', faults.event],
    ['425', 425, '', 'retry'],
    ['429 for the user agent', 429, v3Error(429, 'Your user agent was automatically ratelimited.'), 'retry'],
    ['429 for the number', 429, v3Error(429, 'Too many requests/events within timeframe.'), 'retry'],
    ['429 as a page', 429, page, 'retry'],
    ['500', 500, '', 'retry'],
    ['502 as a page', 502, page, 'retry'],
    ['503', 503, v3Error(503, 'The service is currently unavailable. No conversion events were processed.'), 'retry'],
    ['504', 504, '', 'retry'],
    ['599', 599, '', 'retry'],
    ['a number that is none', 0, '', 'retry'],
    ['a redirect', 307, '', 'halted', faults.redirect],
  ])('%s: status %i → %s for one event', (_what, status, body, kind, fix) => {
    const [outcome, ...more] = reddit.respond(answer(status, body), [event('a')])
    expect(outcome?.kind).toBe(kind)
    expect(more).toEqual([])
    if (outcome?.kind === 'rejected' || outcome?.kind === 'halted') {
      expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
      expect(outcome.fix).toMatch(fix ?? /^no fix was named for this row$/)
      expect(outcome.why).not.toBe('')
      expect(outcome.code).toBe(String(status))
      expect(outcome).not.toHaveProperty('unsure')
    } else expect(fix).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['a page', page],
    ['nothing', ''],
    ['an empty object', '{}'],
    ['an error', v3Error(500, 'x')],
    ['a no', { success: false, message: 'x' }],
    ['a no in words', { message: 'There were 3 invalid conversion events. None were processed.' }],
    ['another no in words', { data: { message: 'No conversion events were processed.' } }],
    ['half an answer', '{"data":{"mess'],
  ])('a 200 with %s is no answer', (_what, body) => {
    expect(reddit.respond(answer(200, body), three)).toMatchObject(
      three.map(() => ({ kind: 'retry', unreadable: true })),
    )
  })

  test('the platform’s words are kept, a token and addresses in them are not', () => {
    const token = `secret${'x'.repeat(60)}`
    const [outcome] = reddit.respond(answer(401, v3Error(401, `Bearer ${token} of jane@shop.example is bad`)), three)
    expect(outcome).toMatchObject({ why: expect.stringContaining('is bad') as unknown })
    expect(JSON.stringify(outcome)).not.toMatch(/secret|jane/)
  })
})

describe('Reddit 13: a refused batch', () => {
  const others = { kind: 'retry', why: expect.any(String) as unknown, innocent: true, afterMs: 0 }

  test('the named one is certain, the others go again without an attempt', () => {
    expect(reddit.respond(answer(400, invalid(event('b'))), three)).toEqual([
      others,
      { kind: 'rejected', why: late, fix: expect.stringMatching(faults.late) as unknown, code: '400' },
      others,
    ])
  })

  test('v2 and an answer inside data or error are read as well', () => {
    expect(kinds(reddit.respond(answer(400, invalid(old('b'))), [old('a'), old('b')]))).toEqual(['retry', 'rejected'])
    for (const inside of [{ data: invalid(event('c')) }, { error: { code: 400, ...invalid(event('c')) } }])
      expect(kinds(reddit.respond(answer(400, inside), three))).toEqual(['retry', 'retry', 'rejected'])
  })

  test('several named ones', () => {
    const body = invalid(event('a'), event('c'))
    expect(kinds(reddit.respond(answer(400, body), three))).toEqual(['rejected', 'retry', 'rejected'])
  })

  test('one ID on two events: their kind tells them apart', () => {
    const sent = [event('a', 'PAGE_VISIT'), event('a'), event('b')]
    expect(kinds(reddit.respond(answer(400, invalid(event('a'))), sent))).toEqual(['retry', 'rejected', 'retry'])
  })

  test.each<[string, number, unknown, readonly object[]]>([
    ['nobody is named', 400, v3Error(400, 'Bad Request'), three],
    ['the list is empty', 400, { message: 'x', invalid_events: [] }, three],
    ['the named one is unknown', 400, invalid(event('z')), three],
    ['the named one has no ID', 400, invalid({}), three],
    ['one of two is unknown', 400, invalid(event('a'), event('z')), three],
    ['two have that ID and kind', 400, invalid(event('a')), [event('a'), event('a'), event('b')]],
    ['a field of the wrong type', 403, v2Error('UNAUTHORIZED', 'JSON error unexpected type number'), three],
    ['too large', 413, '', three],
  ])('%s: all are suspects', (_what, status, body, sent) => {
    expect(reddit.respond(answer(status, body), sent)).toMatchObject(
      sent.map(() => ({ kind: 'rejected', unsure: true })),
    )
  })

  test.each([
    [401, 'halted'],
    [404, 'halted'],
    [429, 'retry'],
    [503, 'retry'],
  ])('%i says the same of all: %s', (status, kind) => {
    expect(kinds(reddit.respond(answer(status, {}), three))).toEqual([kind, kind, kind])
  })

  test('invalid events inside a yes fail alone', () => {
    const body = { ...invalid(event('b')), message: 'Successfully processed 2 conversion events.' }
    expect(kinds(reddit.respond(answer(200, body), three))).toEqual(['accepted', 'rejected', 'accepted'])
  })

  test('a 200 that processed none lets the others go again', () => {
    expect(reddit.respond(answer(200, invalid(event('b'))), three)).toMatchObject([
      others,
      { kind: 'rejected', why: late },
      others,
    ])
  })
})

describe('Reddit 13: a yes to fewer events than were sent', () => {
  const yes = (count: number) => ({ data: { message: `Successfully processed ${count} conversion events.` } })
  test('a batch is split until the one that was left out stands alone', () => {
    expect(reddit.respond(answer(200, yes(2)), three)).toMatchObject(
      three.map(() => ({ kind: 'rejected', unsure: true, why: 'Reddit processed 2 of 3 events.' })),
    )
  })

  test('an event alone is asked about again a few times', () => {
    expect(reddit.respond(answer(200, yes(0)), [event('a')])).toEqual([
      { kind: 'retry', unreadable: true, why: 'Reddit processed 0 of 1 events.' },
    ])
  })

  test.each([3, 4])('%i of three is a yes', (count) => {
    expect(kinds(reddit.respond(answer(200, yes(count)), three))).toEqual(['accepted', 'accepted', 'accepted'])
  })
})

describe('Reddit 13: how long to wait', () => {
  const exhausted = '"a";r=0;t=60, "b";r=0;t=90, "c";r=5;t=900'
  test.each<[string, Record<string, string>, number | undefined]>([
    ['nothing said', {}, undefined],
    ['Retry-After goes first', { 'retry-after': '3', ratelimit: '"a";r=0;t=60' }, 3000],
    ['Retry-After that cannot be read', { 'retry-after': 'soon', ratelimit: '"a";r=0;t=60' }, 60_000],
    ['the longest of the exhausted policies', { ratelimit: exhausted }, 90_000],
    ['a policy with some left', { ratelimit: '"a";r=5;t=60' }, undefined],
    ['a policy that says half', { ratelimit: '"a";r=0' }, undefined],
    ['the quota is no hint', { 'ratelimit-policy': '"a";q=1000;w=1' }, undefined],
  ])('%s', (_what, headers, afterMs) => {
    for (const status of [429, 503]) {
      const [outcome] = reddit.respond(answer(status, {}, headers), [event('a')])
      expect(outcome?.kind === 'retry' && outcome.afterMs).toBe(afterMs)
    }
  })

  test('an accepted request that used the rest up asks for a pause', () => {
    const yes = { data: { message: 'Successfully processed 3 conversion events.' } }
    expect(reddit.respond(answer(200, yes, { ratelimit: exhausted }), three)).toEqual(
      three.map(() => ({ kind: 'accepted', afterMs: 90_000 })),
    )
    expect(reddit.respond(answer(200, yes, { ratelimit: '"a";r=5;t=60' }), three)).toEqual(
      three.map(() => ({ kind: 'accepted' })),
    )
  })
})
