import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../../integration/harness.ts'

export interface DemoProcess {
  readonly shopUrl: string
  /** With the token that logs in. */
  readonly liveUrl: string
  readonly stop: () => Promise<void>
}

/** Shop, collector, simulators and dashboard in a process of their own. */
export async function startDemoProcess(): Promise<DemoProcess> {
  const folder = temporaryFolder()
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'demo-child.ts'), folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void gone.then(() => reject(new Error('the demo ended before it was ready')))
  })
  return {
    ...(JSON.parse(line) as { shopUrl: string; liveUrl: string }),
    async stop() {
      child.kill('SIGTERM')
      await gone
      folder.remove()
    },
  }
}
