import { describe, expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import type { Outcome } from '../../../server/destinations/destination.ts'
import { fakeToken, instance } from '../vectors.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const answer = (status: number, body: unknown, headers = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const error = (code: number, error_subcode?: number) => ({
  error: { message: 'No.', code, error_subcode, fbtrace_id: 'A' },
})

describe('Meta 17: the self-check', () => {
  test('reads the pixel’s own node, under the settings’ address and version', () => {
    expect(meta.probe(instance('meta'), now)).toEqual({
      method: 'GET',
      url: 'https://graph.facebook.com/v26.0/1234567890?fields=id,name',
      headers: { Authorization: `Bearer ${fakeToken}` },
      body: '',
    })
    const settings = instance('meta', { endpoint: 'http://127.0.0.1:9', api_version: 'v25.0', pixel_id: ' 12 ' })
    expect(meta.probe(settings, now)?.url).toBe('http://127.0.0.1:9/v25.0/12?fields=id,name')
  })

  test('a dry run asks nobody', () => {
    expect(meta.probe(instance('meta', { dry_run: true }), now)).toBeUndefined()
  })

  test.each<[string, number, unknown, Partial<Outcome>]>([
    ['the pixel with its name', 200, { id: '1', name: 'Shop' }, { kind: 'accepted', why: 'Shop' }],
    ['the pixel', 200, { id: '1' }, { kind: 'accepted', why: undefined }],
    ['something else', 200, { data: [] }, { kind: 'retry' }],
    ['HTML', 200, '<html>', { kind: 'retry' }],
    ['nothing', 200, '', { kind: 'retry' }],
    ['a token that is none', 401, error(190), { kind: 'halted', code: '190' }],
    ['a token that has ended', 400, error(190, 463), { kind: 'halted', code: '190/463' }],
    ['another pixel', 400, error(100, 33), { kind: 'halted', code: '100/33' }],
    ['no permission', 403, error(200), { kind: 'halted', code: '200' }],
    ['a redirect', 302, '', { kind: 'halted' }],
    ['a question it does not understand', 400, error(100), { kind: 'rejected', code: '100' }],
    ['a limit', 400, error(4), { kind: 'retry', afterMs: 60_000 }],
    ['a fault of its own', 500, error(1), { kind: 'retry' }],
    ['a code nobody knows', 400, error(777), { kind: 'retry' }],
    ['a fault in between', 502, '<html>', { kind: 'retry' }],
  ])('%s', (_what, status, body, want) => {
    const outcome = meta.readProbe(answer(status, body))
    expect(outcome).toMatchObject(want)
    if (outcome.kind === 'halted' || outcome.kind === 'rejected') expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
    if (outcome.kind !== 'accepted') expect(outcome.why).not.toBe('')
  })
})
