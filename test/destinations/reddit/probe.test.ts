import { describe, expect, test } from 'vitest'
import type { InstanceSettings, Outcome } from '../../../server/destinations/destination.ts'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { sha256 } from '../../../server/match-keys/digest.ts'
import { time } from '../send.ts'
import { fakeToken, instance } from '../vectors.ts'
import { v2 } from './send.ts'

const probe = (settings: Partial<InstanceSettings>) =>
  reddit.probe(instance('reddit', { pixel_id: 'a2_x', ...settings }), time)
const user = { email: sha256('alice@example.com'), user_agent: 'node:pairpixel:0.1.0' }

describe('Reddit 12: connection check', () => {
  test('v3 asks with one page visit for Event Testing', () => {
    const request = probe({ test_id: 't-1', endpoint: 'http://127.0.0.1:9', partner: 'SHOP' })!
    expect(request.method).toBe('POST')
    expect(request.url).toBe('http://127.0.0.1:9/api/v3/pixels/a2_x/conversion_events')
    expect(request.headers.Authorization).toBe(`Bearer ${fakeToken}`)
    const event = { event_at: time, action_source: 'WEBSITE', type: { tracking_type: 'PAGE_VISIT' }, user }
    expect(JSON.parse(request.body)).toEqual({ data: { events: [event], test_id: 't-1', partner: 'SHOP' } })
  })

  test('v2.0 asks with one page visit in test mode', () => {
    const request = probe({ ...v2, test_mode: true })!
    expect(request.url).toBe('https://ads-api.reddit.com/api/v2.0/conversions/events/a2_x')
    const event = { event_at: '2026-11-21T10:00:00.500Z', event_type: { tracking_type: 'PageVisit' }, user }
    expect(JSON.parse(request.body)).toEqual({ events: [event], test_mode: true })
  })

  test.each<[string, Partial<InstanceSettings>]>([
    ['v3 without a test ID', {}],
    ['v3 in test mode, which it does not know', { test_mode: true }],
    ['v2.0 without test mode', v2],
    ['v2.0 with test mode off', { ...v2, test_mode: false }],
    ['v2.0 with a test ID, which it does not know', { ...v2, test_id: 't-1' }],
    ['a test that is over', { test_id: 't-1', test_until: time }],
    ['test mode that is over', { ...v2, test_mode: true, test_until: time - 1 }],
    ['a dry run', { test_id: 't-1', dry_run: true }],
  ])('nothing is asked: %s', (_what, settings) => {
    expect(probe(settings)).toBeUndefined()
  })

  test('a test that still holds is asked', () => {
    expect(probe({ test_id: 't-1', test_until: time + 1 })).toBeDefined()
  })

  test.each<[string, number, string, Outcome['kind']]>([
    ['v3 says yes', 200, '{"data":{"message":"Successfully processed 1 conversion events."}}', 'accepted'],
    ['v2.0 says yes', 200, '{"message":"Successfully processed 1 conversion events."}', 'accepted'],
    ['the token is bad', 401, 'Authorization Required', 'halted'],
    [
      'the pixel is another’s',
      403,
      '{"error":{"code":403,"message":"Not authorized to post to Pixel ID a2_x"}}',
      'halted',
    ],
    ['nobody knows the pixel', 404, '{"error":{"code":404,"message":"Not Found"}}', 'halted'],
    ['the question is refused', 400, '{"error":{"code":400,"message":"Bad Request"}}', 'rejected'],
    ['the question is refused by name', 400, '{"message":"x","invalid_events":[{"error_message":"no"}]}', 'rejected'],
    ['too many questions', 429, '', 'retry'],
    ['Reddit is down', 503, '', 'retry'],
    ['a page', 200, '<html></html>', 'retry'],
  ])('%s: %i', (_what, status, body, kind) => {
    const outcome = reddit.readProbe({ status, headers: {}, body })
    expect(outcome.kind).toBe(kind)
    expect(outcome).not.toHaveProperty('unsure')
    if (outcome.kind === 'halted' || outcome.kind === 'rejected') {
      expect(outcome.fix).toMatch(/\.$/)
      expect(outcome.why).not.toBe('')
    }
  })
})
