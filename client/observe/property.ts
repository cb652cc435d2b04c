import { attempt } from '../safe.ts'

/**
 * Puts an accessor in a property's place and shows `see` each value it is given, the present one first; kept is what
 * `see` answers, or else the value itself. Nothing new shows among the object's keys. A property that refuses keeps its
 * present value, which was seen.
 */
export const watchProperty = (object: object, name: string, see: (value: unknown) => unknown): unknown =>
  attempt(() => {
    let value: unknown
    const set = (given: unknown): void => {
      value = attempt(() => see(given)) ?? given
    }
    set((object as Record<string, unknown>)[name])
    Object.defineProperty(object, name, {
      configurable: true,
      // The page's own list of all its names would take long to make.
      enumerable: {}.propertyIsEnumerable.call(object, name),
      get: () => value,
      set,
    })
  })
