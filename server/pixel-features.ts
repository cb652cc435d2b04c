import type { UsualFeature } from '../shared/pixel-features.ts'
import { asksConsent, type Site } from './site.ts'

/** Who may wish for limits on the page: the visitor's answer, a GPP tool, the browser where we begin the pixels. */
const hasLimits = (site: Site): boolean => asksConsent(site) || Boolean(site.pixel?.gpp) || Boolean(site.pixel?.load)

/** Which sites have the usual features. */
const usual: Readonly<Record<UsualFeature, (site: Site) => boolean>> = {
  debug: () => true,
  once: () => true,
  proof: ({ pixel }) => pixel?.pairing !== false || pixel.proof === 'deep',
  pairing: ({ pixel }) => pixel?.pairing !== false,
  lifecycle: ({ pixel }) => pixel?.pages !== false,
  retry: ({ pixel }) => pixel?.retry !== false,
}

/**
 * The features of the pixel beside its core, in the order they start: each is a file of its own (client/features), and
 * a site is served those it uses. What wraps another's work comes after it; consent before all it holds back.
 */
export const pixelFeatures = {
  // Where settings come from attributes (the hashed file), or attributes may name pixels to load.
  'tag-pixels': ({ pixel }) => Boolean(pixel?.load),
  consent: asksConsent,
  load: ({ pixel }) => Boolean(pixel?.load),
  ...usual,
  // Where our script fires the platforms' pixels by what the settings say, or an operator's own calls do.
  details: ({ pixel }) => pixel?.details ?? Boolean(pixel?.load || pixel?.data_layer || pixel?.attributes),
  'proof-deep': ({ pixel }) => pixel?.proof === 'deep',
  'pairing-deep': ({ pixel }) => pixel?.pairing === 'deep',
  // Before what tells them of a form.
  remember: ({ pixel }) => pixel?.remember === true,
  match: ({ pixel }) => pixel?.match === true,
  forms: ({ pixel }) => pixel?.forms === true,
  'hash-user': ({ pixel }) => pixel?.hash_user === true,
  'meta-cookies': ({ pixel }) => pixel?.meta_cookies === true,
  'in-app': ({ pixel }) => pixel?.in_app === true,
  mirror: ({ pixel }) => pixel?.mirror === true,
  'more-cookies': ({ pixel }) => Boolean(pixel?.cookies?.length),
  // After retry, which keeps what it is given.
  redact: ({ pixel }) => Boolean(pixel?.redact),
  limited: hasLimits,
  // They may speak at once, so they come after all who listen.
  tcf: ({ consent }) => consent === 'tcf' || consent === 'auto',
  gcm: ({ consent }) => consent === 'gcm' || consent === 'auto',
  gpp: ({ pixel }) => pixel?.gpp === true,
  // What the two after it share.
  'our-names': ({ pixel }) => pixel?.data_layer === true || pixel?.attributes === true,
  'data-layer': ({ pixel }) => pixel?.data_layer === true,
  attributes: ({ pixel }) => pixel?.attributes === true,
} as const satisfies Readonly<Record<string, (site: Site) => boolean>>

export type PixelFeature = keyof typeof pixelFeatures
export const pixelFeatureNames = Object.keys(pixelFeatures) as PixelFeature[]

/** What a site's pixel needs. */
export const featuresOf = (site: Site): readonly PixelFeature[] =>
  pixelFeatureNames.filter((name) => pixelFeatures[name](site))

/** What a site's pixel needs when its settings come from the tag. */
export const tagFeaturesOf = (site: Site): readonly PixelFeature[] =>
  pixelFeatureNames.filter((name) => name === 'tag-pixels' || pixelFeatures[name](site))
