import { expect, test } from 'vitest'
import { checkInstance } from '../../server/cli/check-instance.ts'
import { instanceLines, summaryLine } from '../../server/cli/check-words.ts'
import { guideHeadings } from '../../server/cli/guide.ts'
import type { Sent } from '../../server/deliver/send.ts'
import type { Finding, HttpRequest, Outcome } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import type { SiteInstance } from '../../server/site.ts'
import { dayMs } from '../../shared/limits.ts'
import { demoAccounts } from '../../server/demo/simulators.ts'

const now = Date.UTC(2026, 10, 21, 12)
const { pixelId: pixel_id, token: access_token } = demoAccounts.reddit
const reddit = (change: Partial<SiteInstance> = {}): SiteInstance => ({
  name: 'reddit',
  platform: 'reddit',
  enabled: true,
  pixel_id,
  access_token,
  ...change,
})
const question: HttpRequest = { method: 'GET', url: 'https://platform.example/me', headers: {}, body: '' }
const answered: Sent = { answer: { status: 200, headers: {}, body: '' } }

const finding = (change: Partial<Finding> = {}): Finding => ({
  level: 'wrong',
  field: 'access_token',
  message: 'The access token is cut short.',
  fix: 'Paste it whole.',
  guide: 'paste',
  ...change,
})

interface Case {
  readonly findings?: readonly Finding[]
  readonly settings?: Partial<SiteInstance>
  readonly sent?: Sent
  readonly outcome?: Outcome
  readonly question?: HttpRequest | undefined
}

/** One check, with a platform that gives this answer; keeps what was asked. */
async function checked({ findings = [], settings, sent = answered, outcome = { kind: 'accepted' }, ...rest }: Case) {
  const asked: HttpRequest[] = []
  const probed: SiteInstance[] = []
  const destination = {
    ...destinations.reddit,
    checkSettings: () => findings,
    probe: (given: SiteInstance) => (probed.push(given), 'question' in rest ? rest.question : question),
    readProbe: () => outcome,
  }
  const send = (request: HttpRequest) => (asked.push(request), Promise.resolve(sent))
  const result = await checkInstance(reddit(settings), destination, { send, now: () => now, waitMs: 2500 })
  return { asked, probed, result, lines: instanceLines(result) }
}

test('without a token nothing is asked, and the words say where one comes from', async () => {
  const { asked, result, lines } = await checked({
    settings: { access_token: '' },
    findings: destinations.reddit.checkSettings(reddit({ access_token: '' })),
  })
  expect([asked, result.verdict]).toEqual([[], 'no_token'])
  expect(lines[0]).toBe('Reddit: not set: no access token')
  expect(lines.join('\n')).toMatch(/Wrong: No access token is set[^]*To do: \S[^]*none is lost meanwhile/)
  expect(summaryLine([result])).toBe('1 destination: 1 not set: no access token.')
})

test.each<[string, Case, string, string]>([
  ['a token that is taken', {}, 'healthy', 'Reddit: healthy'],
  ['no question', { question: undefined }, 'unasked', 'Reddit: not checked until the first event'],
  [
    'an account that is refused',
    { outcome: { kind: 'halted', why: 'no', fix: 'Do.' } },
    'unhealthy',
    'Reddit: not healthy',
  ],
  ['a busy platform', { outcome: { kind: 'retry', why: 'busy' } }, 'unknown', 'Reddit: cannot tell: no clear answer'],
  [
    'a question that is refused',
    { outcome: { kind: 'rejected', why: 'no', fix: 'Do.' } },
    'unknown',
    'Reddit: cannot tell: no clear answer',
  ],
  [
    'a platform that is silent',
    { sent: { failed: 'TIMEOUT', written: true } },
    'unknown',
    'Reddit: cannot tell: no answer',
  ],
  ['a wrong setting, whatever the platform says', { findings: [finding()] }, 'unhealthy', 'Reddit: not healthy'],
  [
    'a wrong setting without a question',
    { findings: [finding()], question: undefined },
    'unhealthy',
    'Reddit: not healthy',
  ],
  ['an odd setting and a token that is taken', { findings: [finding({ level: 'odd' })] }, 'healthy', 'Reddit: healthy'],
  ['an instance with a name of its own', { settings: { name: 'shop/r2' } }, 'healthy', 'Reddit (shop/r2): healthy'],
])('%s', async (_sentence, given, verdict, heading) => {
  const { result, lines } = await checked(given)
  expect([result.verdict, lines[0]]).toEqual([verdict, heading])
})

test.each([
  ['a destination that is switched off', { enabled: false }, 'disabled', 'Reddit: switched off'],
  ['a dry run', { dry_run: true }, 'dry_run', 'Reddit: dry run, nothing is sent'],
])('%s is said, and nobody is asked', async (_sentence, settings, verdict, heading) => {
  const { asked, result, lines } = await checked({ settings })
  expect([result.verdict, lines[0], asked]).toEqual([verdict, heading, []])
})

test('a test that is over is no part of the question', async () => {
  const { probed } = await checked({ settings: { test_id: 't', test_until: now - dayMs } })
  expect(probed[0]).not.toHaveProperty('test_id')
})

test.each([
  ['TIMEOUT', 'Reddit (platform.example) did not answer within 2.5 seconds.'],
  ['UND_ERR_CONNECT_TIMEOUT', 'Reddit (platform.example) did not answer within 2.5 seconds.'],
  ['ENOTFOUND', 'The name platform.example could not be looked up.'],
  ['ECONNREFUSED', 'Nothing takes connections at platform.example.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of platform.example is not to be trusted.'],
  ['UND_ERR_SOCKET', 'The connection to platform.example failed (UND_ERR_SOCKET).'],
])('no answer (%s) is told in words', async (failed, why) => {
  const { lines } = await checked({ sent: { failed, written: false } })
  expect(lines[1]).toBe(`  No answer: ${why}`)
  expect(lines[2]).toMatch(/^ {4}To do: .+\.$/)
})

test('no word holds the token, though the platform repeats it', async () => {
  const { result, lines } = await checked({
    findings: [finding({ message: `It is ${access_token}.` })],
    outcome: { kind: 'halted', why: `Bad token ${access_token}!`, fix: `Not ${access_token}.` },
  })
  expect(result.reply).toEqual({ kind: 'halted', why: 'Bad token [token]!', fix: 'Not [token].' })
  expect(JSON.stringify([result.findings, result.reply, lines])).not.toContain(access_token)
})

test('a token of a few letters is not looked for inside words', async () => {
  const { result } = await checked({
    settings: { access_token: 'e' },
    outcome: { kind: 'retry', why: 'There were too many.' },
  })
  expect(result.reply?.why).toBe('There were too many.')
})

const partsIn = (lines: readonly string[]) =>
  lines.flatMap((line) => /^ {2}From docs\/tokens\/reddit\.md, “(.+)”:$/.exec(line)?.[1] ?? [])

test('a refusal gets its fix and the part of the guide that helps, and where to look', async () => {
  const { lines } = await checked({ outcome: { kind: 'halted', why: 'no such token', fix: 'Make a new one.' } })
  expect(lines.slice(0, 3)).toEqual([
    'Reddit: not healthy',
    '  Reddit says: no such token',
    '    To do: Make a new one.',
  ])
  expect(partsIn(lines)).toEqual([guideHeadings.unhealthy])
  expect(lines.at(-1)).toBe(`  Events Manager: ${destinations.reddit.eventsManager}`)
})

test('what is wrong goes before the refusal it explains, whose own fix is left out; a part is shown once', async () => {
  const findings = [
    finding({ level: 'odd', field: 'endpoint', message: 'It ends in a slash.', fix: 'Take it away.', guide: 'rotate' }),
    finding(),
    finding({ field: 'pixel_id', message: 'It is empty.', fix: 'Paste the ID.' }),
    finding({ field: 'test_mode', message: 'It does nothing.', fix: 'Take it out.', guide: 'test' }),
  ]
  const outcome: Outcome = { kind: 'halted', why: 'no such token', fix: 'Make a new one.' }
  const { lines } = await checked({ findings, outcome, settings: { api_version: 'v2.0' } })
  expect(lines.slice(1, lines.indexOf(''))).toEqual([
    '  Looks odd: endpoint: It ends in a slash.',
    '    To do: Take it away.',
    '  Wrong: The access token is cut short.',
    '    To do: Paste it whole.',
    '  Wrong: pixel_id: It is empty.',
    '    To do: Paste the ID.',
    '  Wrong: test_mode: It does nothing.',
    '    To do: Take it out.',
    '  Reddit says: no such token',
    '  Warning: Version v2.0 of Reddit’s API is deprecated: it still works, and no last day is named.',
    '    To do: While there is time: take api_version out of the settings, and v3 is used.',
  ])
  expect(partsIn(lines)).toEqual([guideHeadings.paste, guideHeadings.test, guideHeadings.version])
})

test('what is only odd, or only to know, prints no guide', async () => {
  const settings = { test_id: 't', test_until: now + dayMs }
  const { lines } = await checked({ settings, findings: [finding({ level: 'odd' })] })
  expect(lines.filter((line) => /^ {2}(Looks odd|Note): /.test(line))).toHaveLength(2)
  expect(partsIn(lines)).toEqual([])
})

test('a healthy one names the pixel, and what the platform says of it', async () => {
  const { lines } = await checked({ outcome: { kind: 'accepted', why: 'Shop pixel' } })
  expect(lines[1]).toBe('  Reddit takes this token for the pixel a2_demo (“Shop pixel”).')
})

test('the last line counts', async () => {
  const all = await Promise.all([checked({}), checked({ settings: { enabled: false } }), checked({})])
  expect(summaryLine(all.map(({ result }) => result))).toBe('3 destinations: 2 healthy, 1 switched off.')
  expect(summaryLine([all[0].result])).toBe('1 destination: 1 healthy.')
})
