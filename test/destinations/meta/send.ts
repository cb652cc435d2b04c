import { meta } from '../../../server/destinations/meta/index.ts'
import { createSend } from '../send.ts'
import type { Json } from '../vectors.ts'

export const { anInput, send } = createSend(meta, { input: { context: { ip: '203.0.113.7', user_agent: 'UA/1' } } })

type Args = Parameters<typeof send>
export const userData = (...args: Args) => send(...args).event?.user_data as Json | undefined
export const customData = (...args: Args) => send(...args).event?.custom_data as Json | undefined
export const warned = (...args: Args) => send(...args).warned?.sort()
