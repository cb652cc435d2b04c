import { expect, test } from 'vitest'
import type { Mode } from '../../server/simulator/index.ts'
import { started, useSimulators } from './arrivals.ts'
import { apis, names, readState, send, setMode, type ApiName } from './calls.ts'
import { accounts } from './start.ts'

useSimulators()
const { meta, reddit } = accounts
const metaError = (code: number, subcode?: number, transient = false) => ({
  error: {
    type: 'OAuthException',
    code,
    ...(subcode && { error_subcode: subcode }),
    is_transient: transient,
    fbtrace_id: expect.stringMatching(/^A/) as unknown,
  },
})
const metaObject = {
  error: {
    ...metaError(100, 33).error,
    message: `Object with ID '${meta.pixelId}' does not exist, or cannot be loaded due to missing permissions.`,
  },
}
const v3Error = (code: number, message: string) => ({ error: { code, message } })
const v2Denied = (reason: string, explanation: string) => ({ success: false, error: { reason, explanation } })
const notYours = `You're not authorized to post conversions to Pixel ID ${reddit.pixelId}`
const noScope = 'Missing adsconversions scope'
const snapInvalid = (reason: string) => ({ status: 'INVALID', reason: expect.stringContaining(reason) as unknown })

const answers: [section: string, api: ApiName, mode: Mode, status: number, body: unknown][] = [
  ['Meta 15', 'meta', { mode: 'token_revoked' }, 401, metaError(190, 460)],
  ['Meta 15', 'meta', { mode: 'token_expired' }, 401, metaError(190, 463)],
  ['Meta 15', 'meta', { mode: 'token_other_pixel' }, 400, metaObject],
  ['Meta 15', 'meta', { mode: 'no_permission' }, 403, metaError(200)],
  ['Meta 15', 'meta', { mode: 'pixel_unknown' }, 400, metaObject],
  ['Meta 15', 'meta', { mode: 'policy_blocked' }, 403, metaError(368)],
  ['Meta 15', 'meta', { mode: 'transient' }, 400, metaError(100, undefined, true)],
  ['Meta 15', 'meta', { mode: 'down' }, 503, metaError(2, undefined, true)],

  ['Reddit 13', 'reddit', { mode: 'token_revoked' }, 401, v3Error(401, 'UNAUTHORIZED')],
  ['Reddit 13', 'reddit', { mode: 'token_expired' }, 401, v3Error(401, 'UNAUTHORIZED')],
  ['Reddit 13', 'reddit', { mode: 'token_other_pixel' }, 403, v3Error(403, notYours)],
  ['Reddit 13', 'reddit', { mode: 'no_permission' }, 403, v3Error(403, noScope)],
  ['Reddit 13', 'reddit', { mode: 'pixel_unknown' }, 404, v3Error(404, 'Pixel not found')],
  ['Reddit 13', 'reddit', { mode: 'policy_blocked' }, 403, v3Error(403, noScope)],
  ['Reddit 13', 'reddit', { mode: 'transient' }, 500, v3Error(500, 'Internal Server Error')],
  [
    'Reddit 13',
    'reddit',
    { mode: 'down' },
    503,
    v3Error(503, 'The service is currently unavailable. No conversion events were processed.'),
  ],
  ['Reddit 13', 'reddit', { mode: 'error', status: 422 }, 422, v3Error(422, 'The request failed.')],
  ['Reddit 13', 'reddit', { mode: 'error', status: 400, message: 'No.' }, 400, v3Error(400, 'No.')],

  ['Reddit 13', 'reddit_v2', { mode: 'token_expired' }, 401, v2Denied('UNAUTHORIZED', 'UNAUTHORIZED')],
  ['Reddit 13', 'reddit_v2', { mode: 'token_other_pixel' }, 403, v2Denied('FORBIDDEN', notYours)],
  ['Reddit 13', 'reddit_v2', { mode: 'no_permission' }, 403, v2Denied('FORBIDDEN', noScope)],
  ['Reddit 13', 'reddit_v2', { mode: 'pixel_unknown' }, 404, { message: 'Pixel not found' }],
  ['Reddit 13', 'reddit_v2', { mode: 'transient' }, 500, { message: 'Internal Server Error' }],
  ['Reddit 13', 'reddit_v2', { mode: 'error', status: 422, message: 'No.' }, 422, { message: 'No.' }],
  ['Reddit 13', 'reddit_v2', { mode: 'error', status: 403, message: 'No.' }, 403, v2Denied('FORBIDDEN', 'No.')],

  ['Snapchat 14', 'snapchat', { mode: 'token_revoked' }, 401, snapInvalid('token')],
  ['Snapchat 14', 'snapchat', { mode: 'token_expired' }, 400, snapInvalid('token has expired')],
  ['Snapchat 14', 'snapchat', { mode: 'token_other_pixel' }, 403, snapInvalid('another organization')],
  ['Snapchat 14', 'snapchat', { mode: 'no_permission' }, 403, snapInvalid('may not send')],
  ['Snapchat 14', 'snapchat', { mode: 'pixel_unknown' }, 404, snapInvalid('not found')],
  ['Snapchat 14', 'snapchat', { mode: 'policy_blocked' }, 403, snapInvalid('may not send')],
  ['Snapchat 14', 'snapchat', { mode: 'transient' }, 500, 'Internal Server Error'],
  ['Snapchat 14', 'snapchat', { mode: 'down' }, 503, 'Service Unavailable'],
  ['Snapchat 14', 'snapchat', { mode: 'error', status: 422, message: 'No.' }, 422, snapInvalid('No.')],
  [
    'Snapchat 14',
    'snapchat',
    { mode: 'error', status: 400, code: 507 },
    400,
    { status: 'INVALID', errors: { codes: ['507'] } },
  ],
]

test.each(answers)('%s: %s in mode %j', async (_section, api, mode, status, body) => {
  await setMode(api, mode)
  expect(await send(api)).toMatchObject({ status, body })
  expect(await readState(apis[api].name)).toMatchObject({
    requests: 1,
    accepted: [],
    counted: [],
    refused: [{ status, mode: mode.mode }],
    mode,
  })
})

const codes: [code: number, subcode: number | undefined, status: number][] = [
  ...([1, 2, 5000, -1] as const).map((code): [number, undefined, number] => [code, undefined, 500]),
  [1, 99, 500],
  [21009, undefined, 400],
  [4, 1504022, 403],
  [17, 2446079, 400],
  [32, undefined, 403],
  [613, 1487742, 400],
  [80000, undefined, 400],
  [80014, undefined, 400],
  [341, undefined, 400],
  [368, undefined, 403],
  ...([458, 459, 460, 463, 464, 467, 492] as const).map((sub): [number, number, number] => [190, sub, 401]),
  [102, undefined, 401],
  [104, undefined, 400],
  [3, undefined, 403],
  [10, undefined, 403],
  [199, undefined, 400],
  [200, undefined, 403],
  [299, undefined, 403],
  [100, 2804003, 400],
  [105, undefined, 400],
]
test.each(codes)(
  'Meta 15: error %d/%s comes with status %d, unless another is asked for',
  async (code, subcode, status) => {
    await setMode('meta', { mode: 'error', code, ...(subcode && { subcode }) })
    expect(await send('meta')).toMatchObject({ status, body: metaError(code, subcode) })
    await setMode('meta', { mode: 'error', code, status: 418, message: 'No.' })
    const answer = await send('meta')
    expect(answer).toMatchObject({ status: 418, body: { error: { code, message: 'No.' } } })
    expect(answer.body).not.toHaveProperty('error.error_subcode')
  },
)

const metaParts = (body: unknown): object => (body as { error: object }).error
const probe = (version: string, pixel: string, token: string, query = '?fields=id,name') =>
  fetch(`${started.origin}/${version}/${pixel}${query}`, { headers: { authorization: `Bearer ${token}` } })
const probes: [sentence: string, ask: () => Promise<Response>, status: number, body: unknown][] = [
  [
    'the fields asked for',
    () => probe('v26.0', meta.pixelId, meta.token),
    200,
    { id: meta.pixelId, name: 'Simulated pixel' },
  ],
  ['the ID alone', () => probe('v26.0', meta.pixelId, meta.token, '?fields=id'), 200, { id: meta.pixelId }],
  [
    'no fields: all there are',
    () => probe('v26.0', meta.pixelId, meta.token, ''),
    200,
    { id: meta.pixelId, name: 'Simulated pixel' },
  ],
  [
    'a field that does not exist',
    () => probe('v26.0', meta.pixelId, meta.token, '?fields=id,age'),
    400,
    metaError(100),
  ],
  ['another token', () => probe('v26.0', meta.pixelId, 'EAAnot'), 401, metaError(190, 467)],
  ['another pixel', () => probe('v26.0', '999', meta.token), 400, metaError(100, 33)],
  ['an ended version', () => probe('v20.0', meta.pixelId, meta.token), 400, metaError(100)],
  ['a version to come', () => probe('v27.0', meta.pixelId, meta.token), 400, metaError(100)],
]
test.each(probes)('Meta 17: the pixel can be asked for: %s', async (_sentence, ask, status, body) => {
  const answer = await ask()
  expect([answer.status, await answer.json()]).toEqual([
    status,
    status === 200 ? body : expect.objectContaining({ error: expect.objectContaining(metaParts(body)) as unknown }),
  ])
  expect(started.simulators.meta.state()).toMatchObject({ accepted: [], refused: status === 200 ? [] : [{ status }] })
})
const states: [mode: Mode, status: number, body: unknown][] = answers.flatMap(([, api, mode, status, body]) =>
  api === 'meta' ? [[mode, status, body]] : [],
)
test.each(states)('Meta 15: the question for the pixel in mode %j', async (mode, status, body) => {
  await setMode('meta', mode)
  const answer = await probe('v26.0', meta.pixelId, meta.token)
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { error: expect.objectContaining(metaParts(body)) as unknown },
  ])
})

test('Snapchat 15: modes answer the test endpoint and its reports as well', async () => {
  await setMode('snapchat', { mode: 'no_permission' })
  const path = (what: string): string =>
    `${started.origin}${apis.snapchat.path.replace('/events', `/events/validate${what}`)}`
  const asked = [fetch(path(''), { method: 'POST', body: '{"data":[]}' }), fetch(path('/logs')), fetch(path('/stats'))]
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([403, 403, 403])
})

test.each(names)('%s: a mode does not change what a token may do', async (name) => {
  const { path, headers } = apis[name]
  await setMode(name, { mode: 'busy' })
  const other = path.replace(/access_token=.*/, 'access_token=no')
  const answer = await fetch(started.origin + other, {
    method: 'POST',
    headers: { ...headers, authorization: 'Bearer no' },
    body: JSON.stringify(apis[name].envelope([apis[name].good('e1')])),
  })
  expect(answer.status).toBe(401)
})
