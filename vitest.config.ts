import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { keepCompiled } from './server/compile-cache.mjs'
import LongestFirst from './test/longest-first.ts'

keepCompiled()

export default defineConfig({
  test: {
    globalSetup: './test/warm.ts',
    // Much of a test is waiting, for a pause to end or a process to start, so more files go at a time than there are cores.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/counts.ts'],
    // Caps, never a measure of speed: longer than anything a test waits for, so that it says itself what did not come.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/client/**', 'test/integration/**', 'test/faults/**', 'test/browser/**', '**/node_modules/**'],
        },
      },
      { extends: true, test: { name: 'jsdom', environment: 'jsdom', include: ['test/client/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          environment: 'node',
          include: ['test/{integration,faults}/**/*.test.ts'],
          pool: 'forks',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          pool: 'forks',
        },
      },
    ],
  },
})
