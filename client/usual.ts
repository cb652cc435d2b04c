import once from './features/once.ts'
import proof from './features/proof.ts'
import pairing from './features/pairing.ts'
import lifecycle from './features/lifecycle.ts'
import retry from './features/retry.ts'
import type { Feature } from './kit.ts'

/**
 * `usualFeatures` of shared/pixel-features.ts, but for debug: what a site gets unless it says otherwise, in the order of
 * starting. What wraps another's work comes after it.
 */
export const usual: readonly Feature[] = [once, proof, pairing, lifecycle, retry]
