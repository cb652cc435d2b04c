// Writes docs/proof.md from what the browsers show: `npm run docs:proof`.
import { writeFileSync } from 'node:fs'
import { engines } from './engines.ts'
import { observe, type Observation } from './observe.ts'
import { pageFile, proofPage } from './page.ts'

const seen: Observation[] = []
for (const engine of engines) seen.push(...(await observe(engine)))
writeFileSync(pageFile, proofPage(seen))
