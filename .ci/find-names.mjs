// Finds the letters of short-names.json: `npm run names [-- SECONDS]`, 900 seconds unless said otherwise. Tries a
// change, keeps it where the scripts that sites are served got smaller, and now and then, less and less often, where
// they did not, so as not to end in the first hollow. To be run when the pixel's source has changed a good deal;
// until then names that are not in the list take what is free.
import { writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { plainFeatures, scriptOf, scriptWith, withSettings } from './pixel-builds.mjs'
import { giveNames, letters, readLetters, rename, scan } from './short-names.mjs'

const seconds = Number(process.argv[2] ?? 900)
const isOther = ({ name }) => name !== 'short-names'
const { members, variables } = readLetters()
const codes = [
  await scriptOf('index-usual', isOther),
  await scriptWith(plainFeatures, isOther),
  await scriptOf('index', isOther),
].map(withSettings)
const scripts = codes.map((code) => scan(code, true, members))

const sizesOf = (state) =>
  scripts.map((script) => {
    const code = rename(script, giveNames(script, state.variables), state.members)
    return [brotliCompressSync(code).length, gzipSync(code, { level: 9 }).length]
  })
/** Most visitors' browsers ask for Brotli. */
const costOf = (state) => sizesOf(state).reduce((sum, [brotli, gzip]) => sum + brotli + gzip / 2, 0)

const any = (list) => list[Math.floor(Math.random() * list.length)]
const swapped = (given, one, other) =>
  Object.fromEntries(
    Object.entries(given).map(([name, letter]) => [name, letter === one ? other : letter === other ? one : letter]),
  )

/** The same with one change: a wish, two wishes that change places, or two letters that do, everywhere. */
function changed({ members, variables }) {
  const [name, other] = [any(allVariables), any(allVariables)]
  const kind = Math.random()
  if (kind < 0.5) return { members, variables: { ...variables, [name]: any(letters) } }
  if (kind < 0.75) return { members, variables: { ...variables, [name]: variables[other], [other]: variables[name] } }
  if (kind < 0.85) return { members, variables: swapped(variables, any(letters), any(letters)) }
  return { members: swapped(members, any(memberLetters), any(memberLetters)), variables }
}

const allVariables = [...new Set(scripts.flatMap(({ names }) => names))].sort()
/** Members' letters are each of its own, so they only change places. */
const memberLetters = letters.filter((letter) => /[a-z]/i.test(letter))
const given = scripts.map((script) => giveNames(script, variables))
/** A name without a wish wishes for what it has. */
const had = (name) => scripts.flatMap(({ names }, at) => given[at][names.indexOf(name)] ?? [])[0]
let state = { members, variables: Object.fromEntries(allVariables.map((name) => [name, variables[name] ?? had(name)])) }
let cost = costOf(state)
let best = state
let bestCost = cost
console.log('before', sizesOf(state).join(' · '))

const end = performance.now() + seconds * 1000
for (let left = 1; left > 0; left = (end - performance.now()) / (seconds * 1000)) {
  const next = changed(state)
  const nextCost = costOf(next)
  if (nextCost > cost && Math.random() > Math.exp((cost - nextCost) / (2 * left))) continue
  state = next
  cost = nextCost
  if (cost >= bestCost) continue
  best = state
  bestCost = cost
}
console.log('after', sizesOf(best).join(' · '))
if (bestCost <= costOf({ members, variables }))
  writeFileSync(new URL('short-names.json', import.meta.url), `${JSON.stringify(best, null, 2)}\n`)
