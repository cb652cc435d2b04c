/**
 * The features of the pixel that a site gets unless it says otherwise: they are built into one file with the core
 * (client/usual.ts), which is smaller than the core with each joined to it.
 */
export const usualFeatures = ['debug', 'once', 'proof', 'pairing', 'lifecycle', 'retry'] as const
export type UsualFeature = (typeof usualFeatures)[number]

export const isUsualFeature = (name: string): name is UsualFeature =>
  (usualFeatures as readonly string[]).includes(name)
