import type { PlatformName } from '../../shared/names.ts'
import type { Destination } from './destination.ts'
import { meta } from './meta/index.ts'
import { reddit } from './reddit/index.ts'
import { snapchat } from './snapchat/index.ts'

/** The platforms we forward to. A new one is a folder and a line. */
export const destinations: Readonly<Record<PlatformName, Destination>> = { meta, reddit, snapchat }
