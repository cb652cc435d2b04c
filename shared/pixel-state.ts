/**
 * What became of a platform's own pixel on the page, weakest evidence first. Higher evidence replaces lower.
 * `unmatched`: the call had left without our ID. `absent`: no such function on the page.
 */
export const pixelStates = ['absent', 'called', 'held', 'blocked', 'unmatched', 'requested', 'sent'] as const
export type PixelState = (typeof pixelStates)[number]
export type Fired = Readonly<Record<string, PixelState>>

export const isPixelState = (value: unknown): value is PixelState => pixelStates.includes(value as PixelState)

/** The stronger of two statements about one pixel. */
export const strongerState = (a: PixelState | undefined, b: PixelState | undefined): PixelState | undefined =>
  a === undefined ? b : b === undefined ? a : pixelStates.indexOf(a) >= pixelStates.indexOf(b) ? a : b
