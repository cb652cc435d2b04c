// Loaded before a collector (`--import`): its time runs FAULTS_SPEED times as fast as ours, by both clocks and all timers.
// Limits that are the system's own (`AbortSignal.timeout`, a connection's) keep their time.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import timers from 'node:timers'

const speed = Number(process.env.FAULTS_SPEED ?? 1)
const [wall, steady] = [Date.now, performance.now.bind(performance)]
const [wallBegan, steadyBegan] = [wall(), steady()]
Date.now = () => Math.round(wallBegan + (wall() - wallBegan) * speed)
performance.now = () => steadyBegan + (steady() - steadyBegan) * speed
for (const name of ['setTimeout', 'setInterval']) {
  const set = timers[name]
  globalThis[name] = Object.assign((act, ms = 1, ...rest) => set(act, ms / speed, ...rest), set)
}
