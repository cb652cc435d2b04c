import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * In a checkout Node strips the types of each file it loads, in every thread anew, by a WebAssembly program. That takes
 * half of a thread's start, and V8 has died of it where many threads start and end ("Check failed: jit_page.has_value()",
 * Node 24.21). What was stripped once is kept beside the packages instead, for this process and all it starts.
 */
export function keepCompiled() {
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/pairpixel', import.meta.url))
  enableCompileCache(process.env.NODE_COMPILE_CACHE)
}
