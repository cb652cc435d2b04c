import { defineConfig } from 'vitest/config'
import { keepCompiled } from './server/compile-cache.mjs'

keepCompiled()

export default defineConfig({
  test: {
    globalSetup: './test/warm.ts',
    reporters: ['default', './test/counts.ts'],
    testTimeout: 60_000, // a cap on waiting for a state, never a measure of speed
    hookTimeout: 60_000,
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
          fileParallelism: false,
          // Longer than anything a row waits for (test/browser/pixel/site.ts), so that the row says what did not come.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
