import { createInterface } from 'node:readline'
import { openLab, quickFolder } from '../lab.ts'
import { killOnce } from './run.ts'

// Runs the seeds it is told, a line each, one after the other, and answers with a line of JSON for each.
const lab = await openLab(quickFolder())
for await (const line of createInterface({ input: process.stdin })) {
  const seed = Number(line)
  const result = await killOnce(seed, lab).catch((error: unknown) => ({
    seed,
    faults: [`the run itself broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  }))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
await lab.close()
