/** Small numbers beside a view's name: what waits there for a person. The views that know write them. */
export const waiting: Record<string, number> = {}
