// Writes docs/destinations.md from the code: `npm run docs`.
import { writeFileSync } from 'node:fs'
import { destinationsPage, pageFile } from './destinations/page.mjs'

writeFileSync(pageFile, await destinationsPage())
