import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the one line that continuous integration reads: `N passed, N failed, N skipped`. */
export default class Counts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const n = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const before = n.passed + n.failed
      for (const test of module.children.allTests()) n[test.result().state]++
      // A file that did not load has no tests to fail, so it counts as one failure itself.
      if (module.state() === 'failed' && before === n.passed + n.failed) n.failed++
    }
    process.once('exit', () =>
      process.stdout.write(`${n.passed} passed, ${n.failed} failed, ${n.skipped + n.pending} skipped\n`),
    )
  }
}
