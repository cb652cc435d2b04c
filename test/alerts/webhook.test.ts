import { expect, test, describe, onTestFinished } from 'vitest'
import type { LookupFunction } from 'node:net'
import { checkTree } from '../../server/settings/settings.ts'
import { createWebhookSend } from '../../server/webhook-send.ts'
import { usualAlerts } from '../../server/alerts/settings.ts'
import { hourMs, minuteMs } from '../../shared/limits.ts'
import { anInstance, openStage, openWebhook } from './stage.ts'

const halted = anInstance({ lane: { state: 'halted', why: 'No.', fix: 'Make a new token.' } })

describe('a post that fails', () => {
  test.each([
    ['a fault of the server', { status: 500 }],
    ['too many requests', { status: 429 }],
    ['a time-out of the server', { status: 408 }],
  ])('by %s is tried again, once it may have passed', async (_, answer) => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    hook.answer(answer)
    stage.instances = [halted]
    await stage.look()
    expect([hook.got.length, (await stage.alerts.state()).owed]).toEqual([1, 1])
    await stage.alerts.drain()
    expect(hook.got).toHaveLength(1) // not yet
    await stage.restart() // what is owed outlives the process
    stage.now += minuteMs
    await stage.alerts.drain()
    expect([hook.got.length, (await stage.alerts.state()).owed]).toEqual([2, 0])
  })

  test('is given up after the sixth time, with a line in the log that has no address', async () => {
    const hook = await openWebhook('/services/T000/SECRETPART')
    const stage = openStage({ webhooks: [hook.url] })
    hook.answer(...Array.from({ length: 20 }, () => ({ status: 503 })))
    stage.instances = [halted]
    for (let n = 0; n < 12; n++) {
      await stage.look()
      stage.now += hourMs
    }
    expect([hook.got.length, (await stage.alerts.state()).owed]).toEqual([6, 0])
    const told = JSON.stringify([stage.log, await stage.alerts.state(), [...stage.notes]])
    expect(told).toContain('is given up: status 503')
    expect(told).not.toContain('SECRETPART')
  })

  test('for the sender’s own fault is not repeated', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    hook.answer({ status: 404 })
    stage.instances = [halted]
    await stage.look()
    stage.now += hourMs
    await stage.look()
    expect([hook.got.length, (await stage.alerts.state()).owed]).toEqual([1, 0])
    expect(stage.alerts.posts.total({ result: 'refused' })).toBe(1)
  })

  test('waits as long as it is asked to, half an hour at most', async () => {
    const hook = await openWebhook()
    const stage = openStage({ webhooks: [hook.url] })
    hook.answer({ status: 429, headers: { 'Retry-After': '86400' } })
    stage.instances = [halted]
    await stage.look()
    stage.now += 29 * minuteMs
    await stage.alerts.drain()
    expect(hook.got).toHaveLength(1)
    stage.now += minuteMs
    await stage.alerts.drain()
    expect(hook.got).toHaveLength(2)
  })

  test('at one webhook does not keep the other from hearing', async () => {
    const [one, other] = [await openWebhook(), await openWebhook()]
    const stage = openStage({ webhooks: [one.url, other.url] })
    one.answer({ status: 500 })
    stage.instances = [halted]
    await stage.look()
    expect([one.got.length, other.got.length, (await stage.alerts.state()).owed]).toEqual([1, 1, 1])
    stage.now += minuteMs
    await stage.alerts.drain()
    expect([one.got.length, other.got.length]).toEqual([2, 1])
  })

  test('is not followed to where it redirects', async () => {
    const [one, other] = [await openWebhook(), await openWebhook()]
    const stage = openStage({ webhooks: [one.url] })
    one.answer({ status: 307, headers: { Location: other.url } })
    stage.instances = [halted]
    await stage.look()
    expect([one.got.length, other.got.length]).toEqual([1, 0])
  })
})

test('the test button says what came of it at each webhook', async () => {
  const [one, other] = [await openWebhook(), await openWebhook()]
  const stage = openStage({ webhooks: [one.url, other.url] })
  other.answer({ status: 403 })
  const hosts = [one, other].map(({ url }) => new URL(url).host)
  expect(await stage.alerts.test()).toEqual([
    { webhook: hosts[0], posted: 'taken', why: 'status 200' },
    { webhook: hosts[1], posted: 'refused', why: 'status 403' },
  ])
  expect(one.got[0]?.body).toMatchObject({
    text: 'Pairpixel: this is a test. Alerts arrive here.',
    pairpixel: { state: 'test' },
  })
})

test('a token in a platform’s words is taken out before anybody is told', async () => {
  const hook = await openWebhook()
  const token = `EAA${'x'.repeat(40)}`
  const stage = openStage({ webhooks: [hook.url] }, (text) => text.replaceAll(token, '[token]'))
  stage.instances = [
    anInstance({ lane: { state: 'halted', why: `The token ${token} is bad.`, fix: `Change ${token}.` } }),
  ]
  await stage.look()
  expect(JSON.stringify([hook.got, stage.log, [...stage.notes]])).not.toContain(token)
  expect(hook.texts()[0]).toContain('[token]')
})

describe('an address of a private network', () => {
  const post = async (url: string, allowed: boolean, resolved = '10.0.0.7') => {
    const addresses = [{ address: resolved, family: 4 }]
    const resolve = ((_host, _options, done) =>
      (done as (...told: unknown[]) => void)(null, addresses)) as LookupFunction
    const { send, close } = createWebhookSend(() => allowed, resolve as Parameters<typeof createWebhookSend>[1])
    onTestFinished(() => close())
    const sent = await send({ method: 'POST', url, headers: {}, body: '{}' })
    return 'failed' in sent ? sent.failed : sent.answer.status
  }

  test('is refused however it is written', async () => {
    expect(await post('https://hooks.example/x', false)).toBe('PRIVATE_ADDRESS')
    expect(await post('https://hooks.example/x', false, '127.0.0.1')).toBe('PRIVATE_ADDRESS')
    expect(await post('https://10.0.0.7/x', false)).toBe('PRIVATE_ADDRESS')
    expect(await post('https://[fd00::7]/x', false)).toBe('PRIVATE_ADDRESS')
    expect(await post('https://169.254.169.254/latest', false)).toBe('PRIVATE_ADDRESS')
  })

  test('is taken where the settings say so, and on this machine', async () => {
    const hook = await openWebhook()
    const { port } = new URL(hook.url)
    expect(await post(`http://hooks.example:${port}/x`, true, '127.0.0.1')).toBe(200)
    expect(await post(hook.url, false)).toBe(200)
    expect(await post(`http://localhost:${port}/x`, false, '127.0.0.1')).toBe(200)
  })
})

describe('settings', () => {
  const of = (alerts: unknown) => checkTree({ url: 'https://www.shop.example', alerts }).alerts

  test('without any, all rules are on and nobody is told', () => expect(of(undefined)).toEqual(usualAlerts))

  test('thresholds, and rules that are off', () =>
    expect(
      of({
        webhook: 'https://hooks.example/x',
        no_events: '1h',
        success: false,
        paired: 20,
        queue_age: '2d',
        token_refused: false,
        test_mode: false,
        api_version: 60,
      }),
    ).toEqual({
      webhooks: ['https://hooks.example/x'],
      allowPrivate: false,
      noEventsMs: hourMs,
      pairedDrop: 20,
      queueAgeMs: 48 * hourMs,
      duplicateSender: true,
      versionDays: 60,
    }))

  test.each([
    ['http elsewhere', { webhook: 'http://hooks.example/SECRET' }, 'must be https'],
    ['another scheme', { webhook: 'ftp://hooks.example/SECRET' }, 'is no http(s) address'],
    ['no address', { webhook: 'SECRET' }, 'is no http(s) address'],
    ['too many', { webhook: Array.from({ length: 6 }, () => 'https://hooks.example/SECRET') }, 'more than five'],
    ['no time', { no_events: 'soon' }, 'alerts.no_events'],
    ['too short', { queue_age: '0m' }, 'alerts.queue_age'],
    ['above all', { success: 101 }, 'alerts.success'],
    ['an unknown rule', { disk: true }, 'alerts.disk is no setting'],
  ])('%s is a fault that does not repeat the address', (_, alerts, words) => {
    const fault = (): string => {
      try {
        of(alerts)
        return ''
      } catch (error) {
        return String(error)
      }
    }
    expect(fault()).toContain(words)
    expect(fault()).not.toContain('SECRET')
  })

  test('http on this machine is taken', () =>
    expect(of({ webhook: ['http://127.0.0.1:9000/x', 'http://localhost/x'] })?.webhooks).toHaveLength(2))
})
