import { openStore } from '../server/store/index.ts'

/** Lets a store's threads load once before all tests, so that those of the tests find their code compiled. */
export default async function warm(): Promise<void> {
  const store = await openStore('memory:')
  await store.counts()
  await store.close()
}
