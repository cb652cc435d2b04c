// Loaded before a collector (`--import`): a wall clock that can be set while it runs, as a time server or a person would.
// FAULTS_CLOCK names a file with the ms by which it is set.
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { setInterval } from 'node:timers'

const real = Date.now
let set = 0
setInterval(() => {
  try {
    set = Number(readFileSync(process.env.FAULTS_CLOCK ?? '', 'utf8')) || 0
  } catch {
    set = 0
  }
}, 20).unref()
Date.now = () => real() + set
