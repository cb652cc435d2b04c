import { attempt } from '../safe.ts'

const maxChars = 2600 // twenty IDs of the longest kind

/** This page's own list serves where storage is refused, and there alone: what is deleted there shall be gone. */
let known = ''

/** True for a purchase this browser has fired before, as on a reloaded thank-you page; any other is noted as fired. */
export function wasFired(id: string): boolean {
  const fired = attempt(() => localStorage._ppo as string | undefined) ?? known
  if (fired.includes(` ${id} `)) return true
  known = `${fired} ${id} `.slice(-maxChars)
  attempt(() => {
    localStorage._ppo = known
    known = ''
  })
  return false
}
