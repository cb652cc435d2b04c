import type { Context } from '../../shared/event.ts'
import { compact } from '../compact.ts'
import { readCookie } from './cookie.ts'

const names = ['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid']

/** The platforms' own cookies. Their pixels write them late, so they are read when an event leaves. */
export const readPlatformCookies = (): Context['cookies'] =>
  compact(Object.fromEntries(names.map((name) => [name, readCookie(name) ?? ''])))
