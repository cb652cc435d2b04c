import { afterAll, beforeAll } from 'vitest'
import { startPlatforms, stopServer, type Platforms } from './harness.ts'

/** The simulated platforms of a test file, from its first test to its last. */
export function usePlatforms(): Pick<Platforms, 'url' | 'simulators'> {
  let platforms: Platforms
  beforeAll(async () => {
    platforms = await startPlatforms()
  })
  afterAll(() => stopServer(platforms.server))
  return {
    get url() {
      return platforms.url
    },
    get simulators() {
      return platforms.simulators
    },
  }
}
