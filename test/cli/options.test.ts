import { afterEach, describe, expect, test, vi } from 'vitest'
import { main, usage } from '../../server/cli/main.ts'
import { optionsOf } from '../../server/cli/options.ts'

afterEach(() => vi.restoreAllMocks())

/** What a call says on standard error, and its exit code. */
async function call(...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  return { code: await main(args), said: said.join('') }
}

describe('an option of another command is refused, before anything is done', () => {
  test.each([
    [['erase', '--email', 'jane@shop.example', '--dry-run'], 'erase takes no --dry-run; it takes --config, --site'],
    [['start', '--listen', '0.0.0.0:9000'], 'start takes no --listen; it takes --config, --role'],
    [['demo', '--config', 'shop.yaml', '--json'], 'demo takes no --config and no --json; it takes none'],
    [['replay', '--email', 'jane@shop.example'], 'replay takes no --email;'],
  ])('%j', async (args, words) => {
    const { code, said } = await call(...args)
    expect([code, said]).toEqual([64, expect.stringContaining(`USAGE: ${words}`)])
  })

  test('what is no command is told of as such', async () => {
    expect((await call('constructor', '--json')).said).toContain('there is no command constructor')
  })
})

test('the usage names the options of each command, and no other', () => {
  const told: Record<string, string[]> = {}
  let command = ''
  for (const line of usage.split('\n').slice(2)) {
    command = /^ {2}(\w+)/.exec(line)?.[1] ?? command
    told[command] = [...(told[command] ?? []), ...Array.from(line.matchAll(/--([a-z-]+)/g), ([, name]) => name!)]
  }
  const sorted = (options: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(options).map(([name, list]) => [name, [...new Set(list)].sort()]))
  expect(sorted(told)).toEqual(sorted(optionsOf))
})
