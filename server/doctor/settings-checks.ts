import { fail, ok, skip, warn, type Check, type CheckId } from './check.ts'
import type { Facts, TokenFacts } from './facts.ts'

const noSettings = 'There are no settings here: run it beside them, or name a file with --config.'
const live = ({ tokens }: Facts): readonly TokenFacts[] =>
  tokens.filter(({ verdict }) => verdict !== 'disabled' && verdict !== 'dry_run')

/** A check for each destination's token. */
export function tokenChecks(facts: Facts): readonly Check[] {
  if (!facts.settings) return [skip('tokens', noSettings)]
  const all = live(facts)
  if (!all.length) return [skip('tokens', 'No destination is switched on.')]
  return all.map(({ destination, verdict, why = '', fix }) => {
    if (verdict === 'healthy') return ok('tokens', `${destination}: the token is good for the pixel.`)
    if (verdict === 'unasked')
      return skip('tokens', `${destination}: it cannot be asked without recording a conversion.`)
    const todo = fix ?? 'Run `pairpixel check` for more.'
    if (verdict === 'unknown') return warn('tokens', `${destination}: ${why || 'no answer that says.'}`, todo)
    return fail('tokens', `${destination}: ${why || 'the token is not good.'}`, todo)
  })
}

/** What time brings: version ends, tests that go on. */
function noticeCheck(facts: Facts, id: CheckId, prefix: string, fine: string): readonly Check[] {
  if (!facts.settings) return [skip(id, noSettings)]
  const told = live(facts).flatMap(({ destination, notices }) =>
    notices
      .filter(({ code, level }) => code.startsWith(prefix) && level !== 'info')
      .map(({ level, message, fix = 'Run `pairpixel check` for more.' }) =>
        (level === 'urgent' ? fail : warn)(id, `${destination}: ${message}`, fix),
      ),
  )
  return told.length ? told : [ok(id, fine)]
}

export const versionChecks = (facts: Facts): readonly Check[] =>
  noticeCheck(facts, 'versions', 'version_', 'No API version in use ends within 60 days.')
export const testChecks = (facts: Facts): readonly Check[] =>
  noticeCheck(facts, 'test_mode', 'test_', 'No test goes on without a near end.')
