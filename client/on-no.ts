import type { Kit } from './kit.ts'

/**
 * Runs this with each no: one that the page says by `consent`, and one that nobody said on it, as a tool's or the
 * browser's (client/features/consent.ts). Where a no is both, it runs twice.
 */
export function onNo(kit: Kit, run: () => void): void {
  const { publicCommands: commands, forget } = kit
  const consent = commands.consent.bind(commands)
  kit.forget = () => {
    forget?.()
    run()
  }
  commands.consent = (...word) => {
    consent(...word)
    if (word[0] === 'denied') run()
  }
}
