import type * as z from 'zod'
import type { manySites, oneSite } from './settings/schema.ts'

/** The settings as a file may write them: one site at the top, or several under `sites`. */
export type Config = z.input<typeof oneSite> | z.input<typeof manySites>

/** The same object, checked while it is typed: `export default defineConfig({ … })` in pairpixel.config.ts. */
export const defineConfig = (config: Config): Config => config
