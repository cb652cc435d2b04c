import type { Site } from './site.ts'

/**
 * The features of the pixel beside its core, in the order they start: each is a file of its own (client/features), and
 * a site is served those it uses. What wraps another's work comes after it.
 */
export const pixelFeatures = {
  consent: ({ consent = 'none' }) => consent !== 'none',
  forms: ({ pixel }) => pixel?.forms === true,
  once: () => true,
  proof: ({ pixel }) => pixel?.pairing !== false,
  pairing: ({ pixel }) => pixel?.pairing !== false,
  lifecycle: ({ pixel }) => pixel?.pages !== false,
  'hash-user': ({ pixel }) => pixel?.hash_user === true,
  retry: ({ pixel }) => pixel?.retry !== false,
  'meta-cookies': ({ pixel }) => pixel?.meta_cookies === true,
  // They may speak at once, so they come after all who listen.
  tcf: ({ consent }) => consent === 'tcf' || consent === 'auto',
  gcm: ({ consent }) => consent === 'gcm' || consent === 'auto',
  'data-layer': ({ pixel }) => pixel?.data_layer === true,
  attributes: ({ pixel }) => pixel?.attributes === true,
} as const satisfies Readonly<Record<string, (site: Site) => boolean>>

export type PixelFeature = keyof typeof pixelFeatures
export const pixelFeatureNames = Object.keys(pixelFeatures) as PixelFeature[]

/** What a site's pixel needs. */
export const featuresOf = (site: Site): readonly PixelFeature[] =>
  pixelFeatureNames.filter((name) => pixelFeatures[name](site))
