import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HttpRequest, HttpResponse, InstanceSettings, Outcome } from '../../../server/destinations/destination.ts'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import { accounts, now, startSimulators, type Started } from '../../simulator/start.ts'
import type { Json } from '../vectors.ts'
import { settings } from './send.ts'

const probe = (change: Partial<InstanceSettings> = {}) => snapchat.probe(settings(change), now)
const bodyOf = (request: HttpRequest | undefined) => JSON.parse(request?.body ?? '') as Json

describe('Snapchat 15: the question whether the token is good', () => {
  test('one made-up event to the test address, about nobody', () => {
    expect(probe()?.url).toMatch(/^https:\/\/tr\.snapchat\.com\/v3\/[\da-f-]{36}\/events\/validate\?access_token=s+$/)
    expect(bodyOf(probe())).toEqual({
      data: [
        {
          event_name: 'PAGE_VIEW',
          event_time: now,
          action_source: 'WEB',
          event_id: `pairpixel-check-${now}`,
          event_source_url: 'https://example.com/',
          user_data: {
            em: ['542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345'],
            client_user_agent: 'Pairpixel',
          },
        },
      ],
    })
  })

  test.each<[string, Partial<InstanceSettings>, string]>([
    ['another base', { endpoint: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9/v3/'],
    ['a version that is none', { api_version: 'v2' }, 'https://tr.snapchat.com/v3/'],
    ['in test mode', { test_mode: true }, 'https://tr.snapchat.com/v3/'],
  ])('%s', (_what, change, start) => {
    expect(probe(change)?.url.startsWith(start)).toBe(true)
    expect(probe(change)?.url).toContain('/events/validate?')
  })

  test.each<[string, Partial<InstanceSettings>, Json]>([
    ['a limit says nothing about a token', { data_processing_options: ['LMU'] }, { action_source: 'WEB' }],
    ['an app’s token is asked about an app', { action_source: 'app' }, { action_source: 'MOBILE_APP' }],
  ])('%s', (_what, change, want) => {
    const [event] = bodyOf(probe(change)).data as Json[]
    expect(event).toMatchObject(want)
    expect(event).not.toHaveProperty('data_processing_options')
  })

  test('nobody is asked in a dry run', () => expect(probe({ dry_run: true })).toBeUndefined())
})

describe('Snapchat 14, 15: what the answer says of the token', () => {
  const answer = (status: number, body: unknown): HttpResponse => ({
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const refused = { status: 'INVALID', test_event: true, reason: 'bad', event_logs: [{ event: 1, status: 'INVALID' }] }
  test.each<[string, number, unknown, Outcome['kind']]>([
    ['taken', 200, { status: 'VALID', test_event: true, reason: 'ok', event_logs: [] }, 'accepted'],
    ['the event is refused', 400, refused, 'rejected'],
    ['the event is refused inside 200', 200, refused, 'rejected'],
    ['the token is refused', 401, '', 'halted'],
    ['the token is refused with 400', 400, { status: 'INVALID', reason: 'Invalid access token' }, 'halted'],
    ['another organisation’s', 403, '', 'halted'],
    ['no such pixel', 404, '', 'halted'],
    ['a redirect', 302, '', 'halted'],
    ['a page inside 200', 200, '<html>', 'retry'],
    ['a page with 400', 400, '<html>', 'retry'],
    ['nothing with 400', 400, '', 'retry'],
    ['413, though so small', 413, refused, 'retry'],
    ['too many questions', 429, '', 'retry'],
    ['down', 503, '', 'retry'],
  ])('%s: status %i → %s', (_what, status, body, kind) => {
    const outcome = snapchat.readProbe(answer(status, body))
    expect(outcome.kind).toBe(kind)
    if (outcome.kind === 'rejected') expect(outcome.fix).toMatch(/^The token is good/)
    if (outcome.kind === 'halted') expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
  })
})

describe('Snapchat 2, 15: asked of a platform', () => {
  let started: Started
  beforeAll(async () => {
    started = await startSimulators()
  })
  beforeEach(() => started.simulators.snapchat.reset())
  afterAll(() => started.stop())

  const { pixelId, token } = accounts.snapchat
  const ask = async (change: Partial<InstanceSettings> = {}): Promise<Outcome> => {
    const { url, ...request } = probe({
      endpoint: started.origin,
      pixel_id: pixelId,
      access_token: token,
      ...change,
    })!
    const response = await fetch(url, request)
    return snapchat.readProbe({ status: response.status, headers: {}, body: await response.text() })
  }
  const stats = async (): Promise<unknown> =>
    (await fetch(`${started.origin}/v3/${pixelId}/events/validate/stats?access_token=${token}`)).json()

  test('a good token, and no conversion is recorded', async () => {
    expect((await ask()).kind).toBe('accepted')
    expect(await stats()).toMatchObject({
      stats: { test: { event_count_past_hour: 1 }, live: { event_count_past_hour: 0 } },
    })
  })

  test.each<[string, Partial<InstanceSettings>]>([
    ['a token that is cut short', { access_token: token.slice(0, 60) }],
    ['another pixel', { pixel_id: '99999999-2222-4333-8444-555555555555' }],
  ])('%s', async (_what, change) => {
    expect((await ask(change)).kind).toBe('halted')
  })
})
