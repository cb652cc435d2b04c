import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, by the time each takes alone. They begin first, so that none of them is left over when
 * all others have ended: a clean checkout has no times of an earlier run to go by.
 */
export const longest = [
  'test/repository.test.ts',
  'test/browser/pixel/firefox.test.ts',
  'test/faults/smoke.test.ts',
  'test/browser/pixel/chromium.test.ts',
  'test/browser/dashboard/story.test.ts',
  'test/store/redis/cluster-contract.test.ts',
  'test/browser/dashboard/panels.test.ts',
  'test/integration/outage.test.ts',
  'test/browser/debug.test.ts',
  'test/integration/erase.test.ts',
  'test/browser/pixel/webkit.test.ts',
  'test/integration/adding-a-destination.test.ts',
  'test/browser/dashboard/everybody.test.ts',
  'test/store/sqlite.test.ts',
  'test/browser/proof/proof.test.ts',
  'test/store/redis/faults.test.ts',
  'test/browser/demo.test.ts',
]

const root = path.resolve(import.meta.dirname, '..')
const placeOf = ({ moduleId }: TestSpecification): number => {
  const at = longest.indexOf(path.relative(root, moduleId))
  return at < 0 ? longest.length : at
}

/** The order in which the files begin, whatever project they are of. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}
