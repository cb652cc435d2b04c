import { createInterface } from 'node:readline'
import { openLab, quickFolder } from '../lab.ts'
import { quickRedis } from '../redis.ts'
import { killOnce } from './run.ts'

// Runs the seeds it is told, a line each, one after the other, and answers with a line of JSON for each. `redis` as its
// first word: with the store in a Redis of its own.
const lab = await openLab(quickFolder())
const redis = process.argv[2] === 'redis' ? await quickRedis(lab) : undefined
for await (const line of createInterface({ input: process.stdin })) {
  const seed = Number(line)
  const result = await killOnce(seed, lab, redis).catch((error: unknown) => ({
    seed,
    faults: [`the run itself broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  }))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
await redis?.stop()
await lab.close()
